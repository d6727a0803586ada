/**
 * Operations: a request, and all that it led to. A step belongs to the operation
 * of the message it handles; any other step, and one too many messages away,
 * begins one of its own. The same rule gives spans their traces.
 */
import { KIND } from '../../src/trace-format/events.ts'
import { innermostType } from '../../src/trace-format/history-reader.ts'
import { MAX_HOPS } from '../../src/trace-format/span-ids.ts'
import type { EventStore } from './event-store.ts'
import { parsed } from './json.ts'

export interface Operation {
  readonly position: number // of the request
  readonly process: number
  readonly type: string
  readonly steps: number // of it by now, the first included
  readonly lastAt: number // position of the last of them
}

type Growing = { -readonly [Field in keyof Operation]: Operation[Field] }

interface Belonging {
  readonly operation: Growing | null // null: opened by no request
  readonly hop: number
}

export class Operations {
  readonly all: Operation[] = []
  readonly #ofStep = new Map<number, Belonging>() // by position

  step(data: EventStore, i: number): void {
    const belonging = this.#belonging(data, i)
    this.#ofStep.set(i, belonging)
    const { operation } = belonging
    if (operation === null) return
    operation.steps++
    operation.lastAt = i
  }

  #belonging(data: EventStore, i: number): Belonging {
    const code = data.code(i)
    if (code === KIND.request) {
      const type = innermostType(parsed(data.payloadText(i)))
      const operation = { position: i, process: data.process(i), type, steps: 0, lastAt: i }
      this.all.push(operation)
      return { operation, hop: 0 }
    }
    if (code === KIND.resume) return this.#ofStep.get(data.resumedBy(i)) ?? { operation: null, hop: 0 }
    const message = data.messageOfDeliver(i)
    if (message === -1) return { operation: null, hop: 0 }
    const sender = this.#ofStep.get(data.stepOf(data.messages.sendAt[message]!))
    const hop = (sender?.hop ?? 0) + 1
    return hop >= MAX_HOPS ? { operation: null, hop: 0 } : { operation: sender?.operation ?? null, hop }
  }
}
