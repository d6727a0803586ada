/**
 * A way through an exploration as steps by name: messages by their number on
 * their channel, which the configurations do not know.
 */
import { fromCanonical } from '../../../lib/canonical.ts'
import type { ProcessId, Tagged } from '../../../model/process.ts'
import type { Step } from '../../../model/step.ts'
import { innermostType } from '../../../model/superposition.ts'
import type { Explorer } from './explorer.ts'
import type { Move } from './moves.ts'
import type { Outcome } from './processes.ts'

interface Named {
  readonly message: number
  readonly type: string
  readonly nth: number
}

export function stepsOf(explorer: Explorer, way: readonly Move[]): Step[] {
  const walk = new Walk(explorer)
  return way.map((move) => walk.take(move))
}

class Walk {
  readonly #explorer: Explorer
  readonly #locals: number[]
  readonly #underWay: Named[][] // of each channel
  readonly #sent: Map<string, number>[] // of each channel: how many of each type

  constructor(explorer: Explorer) {
    this.#explorer = explorer
    this.#underWay = explorer.ends.map(() => [])
    this.#sent = explorer.ends.map(() => new Map())
    this.#locals = explorer.exploration.places.map((_, process) => {
      const [outcome] = explorer.processes.begin(process)
      this.#send(outcome!)
      return outcome!.local
    })
  }

  take(move: Move): Step {
    if (move.move === 'crash') return this.#crash(move.process)
    if (move.move === 'lose') {
      const { message } = this.#explorer.moves.carried(move.carried)
      return { do: 'lose', ...this.#takeMessage(move.channel, message) }
    }
    const outcome = this.#explorer.processes.step(move.process, this.#locals[move.process]!, move.event)[
      move.way
    ]!
    const step = this.#stepOf(move)
    this.#locals[move.process] = outcome.local
    this.#send(outcome)
    return outcome.choices.length === 0 ? step : { ...step, dice: outcome.choices }
  }

  #stepOf({ process, event, channel, carried }: Extract<Move, { move: 'step' }>): Step {
    const { kind, text } = this.#explorer.processes.happens(event)
    const at = this.#idOf(process)
    if (kind === 'request') return { do: 'request', at, request: fromCanonical(text) as Tagged }
    if (kind === 'timeout') return { do: 'timeout', at, timer: fromCanonical(text) as Tagged }
    if (kind === 'recover') return { do: 'recover', at }
    return { do: 'deliver', ...this.#takeMessage(channel, this.#explorer.moves.carried(carried).message) }
  }

  #idOf(process: number): ProcessId {
    return this.#explorer.exploration.places[process]!.self
  }

  #send({ channels, messages }: Outcome): void {
    for (const [i, channel] of channels.entries()) {
      const message = messages[i]!
      const type = innermostType(fromCanonical(this.#explorer.processes.messages.text(message)) as Tagged)
      const nth = this.#sent[channel]!.get(type) ?? 0
      this.#sent[channel]!.set(type, nth + 1)
      this.#underWay[channel]!.push({ message, type, nth })
    }
  }

  #takeMessage(channel: number, message: number) {
    const underWay = this.#underWay[channel]!
    const at = underWay.findIndex((named) => named.message === message)
    const { type, nth } = underWay[at]!
    if (this.#explorer.exploration.channels !== 'set') underWay.splice(at, 1)
    const [from, to] = this.#explorer.ends[channel]!
    return { from: this.#idOf(from), to: this.#idOf(to), type, nth }
  }

  #crash(process: number): Step {
    this.#locals[process] = this.#explorer.processes.crashed(process, this.#locals[process]!)
    for (const [channel, ends] of this.#explorer.ends.entries()) {
      if (ends.includes(process)) this.#underWay[channel] = []
    }
    return { do: 'crash', at: this.#idOf(process) }
  }
}
