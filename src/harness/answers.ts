/**
 * What comes of the requests that somebody made by hand: the indications that belong to them, in
 * words, as they happen.
 *
 * An indication belongs to the request whose `id` it names; else to the request that its step
 * follows from, by messages and by timers. Where requests have no `id`, the next few of a process
 * that was asked belong to what it was asked: a grant may come with the release of another.
 */
import { brief } from '../lib/brief.ts'
import { canonical } from '../lib/canonical.ts'
import type { ProcessId } from '../model/process.ts'
import type { Block } from '../trace-format/events.ts'
import { EventReader, innermost, type RunEvent } from '../trace-format/history-reader.ts'
import { InTransit } from '../trace-format/in-transit.ts'

/** Of one request; a person reads no more, and the page has them all. */
const TOLD_MAX = 25
/** Of what was asked, behind each answer: enough to know which it was. */
const ASKED_CHARACTERS = 48
/** Of what a process says after it was asked, and that follows from what others were asked. */
const OTHERS_MAX = 3
const NS_A_MS = 1e6

/** An indication that belongs to a request made by hand. */
export interface Answer {
  readonly atMs: number // of the run
  readonly process: ProcessId
  readonly answer: unknown // the indication
  readonly to: { readonly process: ProcessId; readonly request: unknown }
}

interface Question {
  readonly process: number
  readonly request: unknown
  readonly text: string // as it was asked, in few words
  told: number
  others: number // how many more may be taken for answers
}

type Timers = Map<string, Question>

export class Answers {
  readonly #ids: readonly ProcessId[]
  readonly #tell: (line: string, answer: Answer | null) => void
  readonly #reader = new EventReader()
  readonly #expected = new Map<string, number>() // requests made by hand that are not yet in the history
  readonly #byId = new Map<string, Question>()
  readonly #last: (Question | undefined)[] = [] // what each process was asked by hand
  readonly #now: (Question | undefined)[] = [] // what the step under way at each process follows from
  readonly #timers: Timers[]
  readonly #inTransit = new InTransit<Question>()

  /** @param tell is given each answer in words and as it is; null: there are more, which are not told */
  constructor(ids: readonly ProcessId[], tell: (line: string, answer: Answer | null) => void) {
    this.#ids = ids
    this.#tell = tell
    this.#timers = ids.map(() => new Map())
  }

  /** A request that will be made; call it before it is. */
  expect(to: ProcessId, request: unknown): void {
    const key = keyOf(to, request)
    this.#expected.set(key, (this.#expected.get(key) ?? 0) + 1)
  }

  /** The next stretch of the history. */
  read(block: Block): void {
    for (const event of this.#reader.read(block)) this.#upon(event)
  }

  #upon(event: RunEvent): void {
    const { kind, process, peer, number, text } = event
    switch (kind) {
      case 'request':
        this.#now[process] = this.#asked(event)
        return
      case 'start':
      case 'recover':
        this.#now[process] = undefined
        return
      case 'timeout':
        this.#now[process] = this.#timers[process]!.get(text)
        this.#timers[process]!.delete(text)
        return
      case 'setTimer':
        return this.#armed(process, event.payload)
      case 'send':
        if (this.#now[process] !== undefined) this.#inTransit.sent(process, number, this.#now[process])
        return
      case 'duplicate':
        this.#inTransit.duplicated(process, number)
        return
      case 'lost':
        this.#inTransit.gone(process, number)
        return
      case 'deliver':
        this.#now[process] = peer === null ? undefined : this.#inTransit.gone(peer, number)
        return
      case 'crash':
        this.#timers[process]!.clear()
        return
      case 'indicate':
        return this.#indicated(event)
    }
  }

  #asked({ process, payload }: RunEvent): Question | undefined {
    const key = keyOf(this.#ids[process]!, payload)
    const left = this.#expected.get(key) ?? 0
    if (left === 0) return undefined
    if (left === 1) this.#expected.delete(key)
    else this.#expected.set(key, left - 1)
    const id = idOf(payload)
    const others = id === undefined ? OTHERS_MAX : 0
    const request = innermost(payload)
    const question = { process, request, text: inWords(request), told: 0, others }
    if (id !== undefined) this.#byId.set(id, question)
    this.#last[process] = question
    return question
  }

  /** The payload is the timer and its times; the timeout's is the timer alone. */
  #armed(process: number, payload: unknown): void {
    const question = this.#now[process]
    const key = canonical(Array.isArray(payload) ? payload[0] : payload)
    if (question === undefined) this.#timers[process]!.delete(key)
    else this.#timers[process]!.set(key, question)
  }

  #indicated({ process, payload, timeNs }: RunEvent): void {
    const question = this.#questionOf(process, payload)
    if (question === undefined) return
    if (question.told++ > TOLD_MAX) return
    if (question.told > TOLD_MAX) return this.#tell(`${' '.repeat(14)}… and more of ${question.text}`, null)
    const [at, asker] = [this.#ids[process]!, this.#ids[question.process]!]
    const asked = `${asker} ${question.text}`.slice(0, ASKED_CHARACTERS)
    const atMs = timeNs / NS_A_MS
    const answer = innermost(payload)
    this.#tell(`${atMs.toFixed(1).padStart(10)} ms  ${at} ${inWords(answer)}  ← ${asked}`, {
      ...{ atMs, process: at, answer },
      to: { process: asker, request: question.request },
    })
  }

  #questionOf(process: number, payload: unknown): Question | undefined {
    const named = this.#byId.get(idOf(payload) ?? '')
    if (named !== undefined) return named
    const [last, now] = [this.#last[process], this.#now[process]]
    return now?.process !== process && last !== undefined && last.others-- > 0 ? last : now
  }
}

const keyOf = (to: ProcessId, request: unknown) => `${to} ${canonical(request)}`

function idOf(value: unknown): string | undefined {
  const inner = innermost(value)
  const id = typeof inner === 'object' && inner !== null && 'id' in inner ? inner.id : undefined
  return typeof id === 'string' ? id : undefined
}

/** A tagged value: its type, then its fields. */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return brief(value)
  const { type, ...fields } = value as Record<string, unknown>
  return `${String(type)} ${brief(fields)}`.trim()
}
