/**
 * Is there an order of all operations that the object could have taken them in,
 * in which what was answered before another was invoked comes before it?
 *
 *   J. Wing and C. Gong, "Testing and Verifying Concurrent Objects", JPDC 17, 1993:
 *   depth first over the operations that may come next.
 *   G. Lowe, "Testing for Linearizability", CCPE 29(4), 2017: what was tried, a set of operations and
 *   the state they led to, need not be tried again.
 *
 * The states of the object are numbered, and each (state, operation) is worked
 * out once, as in Knossos. The search can be continued: it stops after so many
 * steps, not after so much time, so that a verdict is the same on every machine.
 */
import { Prng } from '../../lib/prng.ts'
import type { Operation, SequentialModel } from './operation.ts'
import { Tried } from './tried.ts'

export type SearchResult = 'linearizable' | 'not linearizable' | 'unfinished'

const NONE = -1
const UNKNOWN = -2

export class Search<State, Input, Output> {
  /** The most operations that could be put in order, as they were: indices. */
  longest: readonly number[] = []
  steps = 0
  readonly #operations: readonly Operation<Input, Output>[]
  readonly #model: SequentialModel<State, Input, Output>
  readonly #states: State[]
  readonly #stateIds: Map<string, number>
  readonly #next: Int32Array[] = [] // of each state: where each operation leads, or NONE, or UNKNOWN
  // The list of what is not yet in order: an invocation of operation i is entry i, its answer n + i.
  readonly #after: Int32Array
  readonly #before: Int32Array
  readonly #head: number
  readonly #done: Tried
  readonly #order: number[] = [] // operations in order so far
  readonly #cameFrom: number[] = [] // the state before each
  #state = 0
  #entry: number

  constructor(model: SequentialModel<State, Input, Output>, operations: readonly Operation<Input, Output>[]) {
    const n = operations.length
    this.#model = model
    this.#operations = operations
    this.#states = [model.initial]
    this.#stateIds = new Map([[model.text(model.initial), 0]])
    this.#done = new Tried(n, new Prng(n, 'linearizability'))
    this.#head = 2 * n
    this.#after = new Int32Array(2 * n + 1)
    this.#before = new Int32Array(2 * n + 1)
    const entries = operations
      .flatMap(({ invoked, answered }, i) => [
        { at: invoked, entry: i },
        { at: answered, entry: n + i },
      ])
      .sort((a, b) => a.at - b.at || a.entry - b.entry)
      .map(({ entry }) => entry)
    const ring = [this.#head, ...entries]
    for (const [i, entry] of ring.entries()) {
      const next = ring[(i + 1) % ring.length]!
      this.#after[entry] = next
      this.#before[next] = entry
    }
    this.#entry = this.#after[this.#head]!
  }

  /** Goes on for up to so many steps. */
  run(steps: number): SearchResult {
    const n = this.#operations.length
    const end = this.steps + steps
    for (; this.steps < end; this.steps++) {
      // What is left was never answered, and need never have happened.
      if (this.#onlyUnanswered()) return 'linearizable'
      const entry = this.#entry
      if (entry < n) {
        this.#entry = this.#tryNext(entry) ? this.#after[this.#head]! : this.#after[entry]!
      } else if (!this.#takeBack()) return 'not linearizable'
    }
    return 'unfinished'
  }

  /** Whether no operation that is left was answered; they come last among the answers. */
  #onlyUnanswered(): boolean {
    const n = this.#operations.length
    if (this.#after[this.#head] === this.#head) return true
    for (let entry = this.#after[this.#head]!; entry !== this.#head; entry = this.#after[entry]!) {
      if (this.#operations[entry % n]!.answered !== Number.POSITIVE_INFINITY) return false
    }
    return true
  }

  #tryNext(operation: number): boolean {
    const state = this.#leadsTo(this.#state, operation)
    if (state === NONE || !this.#done.add(operation, state)) return false
    this.#order.push(operation)
    this.#cameFrom.push(this.#state)
    this.#state = state
    this.#lift(operation)
    if (this.#order.length > this.longest.length) this.longest = [...this.#order]
    return true
  }

  /** An answer stands before every invocation that is left: the last one put in order was wrong. */
  #takeBack(): boolean {
    const operation = this.#order.pop()
    if (operation === undefined) return false
    this.#state = this.#cameFrom.pop()!
    this.#done.remove(operation)
    this.#unlift(operation)
    this.#entry = this.#after[operation]!
    return true
  }

  #leadsTo(state: number, operation: number): number {
    this.#next[state] ??= new Int32Array(this.#operations.length).fill(UNKNOWN)
    const known = this.#next[state][operation]!
    if (known !== UNKNOWN) return known
    const { input, output } = this.#operations[operation]!
    const next = this.#model.step(this.#states[state]!, input, output)
    const id = next === null ? NONE : this.#number(next)
    this.#next[state][operation] = id
    return id
  }

  #number(state: State): number {
    const text = this.#model.text(state)
    const known = this.#stateIds.get(text)
    if (known !== undefined) return known
    this.#stateIds.set(text, this.#states.length)
    return this.#states.push(state) - 1
  }

  #lift(operation: number): void {
    for (const entry of [operation, this.#operations.length + operation]) {
      this.#after[this.#before[entry]!] = this.#after[entry]!
      this.#before[this.#after[entry]!] = this.#before[entry]!
    }
  }

  #unlift(operation: number): void {
    for (const entry of [this.#operations.length + operation, operation]) {
      this.#after[this.#before[entry]!] = entry
      this.#before[this.#after[entry]!] = entry
    }
  }
}
