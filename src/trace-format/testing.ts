/**
 * Little histories by hand, for tests: time goes on by 10 µs an event, and all
 * clocks are fast by the same.
 */
import { type Block, KIND, NOBODY } from './events.ts'
import { Recorder } from './recorder.ts'
import type { RunDescription } from './run.ts'

export const STEP_NS = 10_000

export function runOf(processes: number, changes: Partial<RunDescription> = {}): RunDescription {
  const ids = Array.from({ length: processes }, (_, i) => `p${String(i).padStart(2, '0')}`)
  return {
    format: 1,
    id: 'by-hand',
    tag: '00c0ffee00c0ffee',
    algorithm: 'ping-pong',
    runtime: 'libp2p',
    seed: 7,
    processes: ids,
    peerIds: ids.map((id) => `12D3Koo${id}`),
    links: [],
    topology: 'complete',
    options: {},
    faults: '',
    startedAtMs: 1_795_000_000_123,
    command: '',
    ...changes,
  }
}

export class Hand {
  readonly blocks: Block[] = []
  readonly #recorder: Recorder
  readonly #numbers: number[]
  #timeNs = 0

  readonly #fastNs: number

  constructor(processes: number, fastNs = 0) {
    this.#fastNs = fastNs
    this.#recorder = new Recorder(processes, (block) => this.blocks.push(block))
    this.#numbers = Array.from({ length: processes }, () => 0)
  }

  get timeNs(): number {
    return this.#timeNs
  }

  wait(ns: number): this {
    this.#timeNs += ns
    return this
  }

  /** An event without a message; `extra` is the ns a handler took, or the µs of a dial. */
  at(process: number, kind: keyof typeof KIND, payload?: unknown, peer = NOBODY, extra = 0): number {
    return this.#add(kind, process, payload, peer, 0, extra)
  }

  /** Returns the number of the message. */
  send(from: number, to: number, message: unknown): number {
    const number = this.#numbers[from]!++
    this.#add('send', from, message, to, number, JSON.stringify(message).length)
    return number
  }

  deliver(at: number, from: number, number: number, tookNs = 0): number {
    return this.#add('deliver', at, undefined, from, number, tookNs)
  }

  /** What becomes of a message on its way. */
  fate(kind: 'lost' | 'duplicate', from: number, to: number, number: number, cause?: string): number {
    return this.#add(kind, from, cause, to, number, 0)
  }

  state(position: number, whole: boolean, state: unknown): void {
    this.#recorder.state(position, whole, JSON.stringify(state))
  }

  flush(): this {
    this.#recorder.flush()
    return this
  }

  #add(
    kind: keyof typeof KIND,
    process: number,
    payload: unknown,
    peer: number,
    number: number,
    extra: number,
  ) {
    this.#timeNs += STEP_NS
    const text = payload === undefined ? '' : JSON.stringify(payload)
    const localNs = this.#timeNs + this.#fastNs
    return this.#recorder.add(KIND[kind], process, this.#timeNs, localNs, text, peer, number, extra)
  }
}
