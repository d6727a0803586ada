/**
 * One axis for two runs: Lamport's clock (CACM 21(7), 1978) over the events of both, in which an event of
 * the one and its counterpart in the other are a single event. So counterparts stand at the same place,
 * and whatever could have caused an event stands before it, in both.
 */
import type { RunData } from './run-data.ts'

export interface Aligned {
  readonly one: Float64Array // the value of each event on the common axis
  readonly other: Float64Array
  readonly last: number // the greatest
}

/** Counterparts that cannot stand at one place, as each would have to come before the other, are parted. */
export function aligned(one: RunData, other: RunData, counterpart: Int32Array): Aligned {
  const [here, there] = [new Side(one), new Side(other)]
  for (let i = 0; i < counterpart.length; i++) {
    const at = counterpart[i]!
    if (at === -1 || there.match[at] !== -1) continue
    here.match[i] = at
    there.match[at] = i
  }
  for (;;) {
    pass(here, there)
    // What is left waits for counterparts that wait for it.
    const stuck = here.waiting()
    if (stuck === -1) break
    there.match[here.match[stuck]!] = -1
    here.match[stuck] = -1
  }
  const last = Math.max(greatest(here.values), greatest(there.values))
  return { one: here.values, other: there.values, last }
}

class Side {
  readonly values: Float64Array // 0 while it has none
  readonly match: Int32Array
  readonly #run: RunData
  readonly #next: Int32Array // of each process: how many of its events have a value

  constructor(run: RunData) {
    this.#run = run
    this.values = new Float64Array(run.length)
    this.match = new Int32Array(run.length).fill(-1)
    this.#next = new Int32Array(run.processes.length)
  }

  get processes(): number {
    return this.#next.length
  }

  /** The next event of a process, if all that comes before it has a value; -1: not yet, or none. */
  ready(process: number): number {
    const at = this.#run.ofProcess(process)[this.#next[process]!]
    if (at === undefined) return -1
    const sent = this.#sentAt(at)
    return sent === -1 || this.values[sent]! > 0 ? at : -1
  }

  isReady(at: number): boolean {
    return this.ready(this.#run.process(at)) === at
  }

  /** The least value that it may have. */
  least(at: number): number {
    const own = this.#run.ofProcess(this.#run.process(at))
    const before = own[this.#run.seq(at) - 2]
    const sent = this.#sentAt(at)
    return 1 + Math.max(before === undefined ? 0 : this.values[before]!, sent === -1 ? 0 : this.values[sent]!)
  }

  give(at: number, value: number): void {
    this.values[at] = value
    this.#next[this.#run.process(at)]!++
  }

  /** The first that is ready and waits for its counterpart; -1 if nothing is. */
  waiting(): number {
    let first = -1
    for (let process = 0; process < this.processes; process++) {
      const at = this.ready(process)
      if (at !== -1 && (first === -1 || at < first)) first = at
    }
    return first
  }

  #sentAt(at: number): number {
    const message = this.#run.messageOfDeliver(at)
    return message === -1 ? -1 : this.#run.messages.sendAt[message]!
  }
}

/** Gives values as long as anything can have one. */
function pass(here: Side, there: Side): void {
  for (let goesOn = true; goesOn; ) {
    goesOn = false
    for (const [side, its] of [
      [here, there],
      [there, here],
    ] as const) {
      for (let process = 0; process < side.processes; process++) {
        for (let at = side.ready(process); at !== -1; at = side.ready(process)) {
          const match = side.match[at]!
          if (match !== -1 && !its.isReady(match)) break
          const value = Math.max(side.least(at), match === -1 ? 0 : its.least(match))
          side.give(at, value)
          if (match !== -1) its.give(match, value)
          goesOn = true
        }
      }
    }
  }
}

const greatest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0)
