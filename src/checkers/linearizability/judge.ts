/**
 * The verdict on a history of operations, part by part: a history of several
 * objects is linearizable just if that of each object is (Herlihy and Wing 1990,
 * §3.1, locality). All parts are searched in turn, each for a few steps and then
 * for ever more, so that one part that is hard does not hide another that is
 * plainly wrong.
 */
import type { Operation, SequentialModel } from './operation.ts'
import { Search } from './search.ts'

export interface Linearized<Input, Output> {
  readonly verdict: 'linearizable' | 'not linearizable' | 'unknown' // unknown: the steps gave out
  readonly steps: number
  /** Of the part that is not linearizable, or of the first that is not done. */
  readonly part: Part<Input, Output> | null
}

export interface Part<Input, Output> {
  readonly key: string
  readonly operations: readonly Operation<Input, Output>[]
  /** The longest order that could be found: indices of operations. */
  readonly longest: readonly number[]
}

export interface Judging<Input> {
  readonly key?: (input: Input) => string // of the object an operation is of; without it one
  readonly stepsMax?: number
}

const FIRST_ROUND = 2_000 // steps of each part
const STEPS_MAX = 10_000_000

export function linearized<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  { key = () => '', stepsMax = STEPS_MAX }: Judging<Input> = {},
): Linearized<Input, Output> {
  const parts = new Map<string, Operation<Input, Output>[]>()
  for (const operation of operations) {
    const name = key(operation.input)
    const part = parts.get(name)
    if (part === undefined) parts.set(name, [operation])
    else part.push(operation)
  }
  let open = [...parts].map(([name, part]) => ({ name, part, search: new Search(model, part) }))
  let steps = 0
  for (let round = FIRST_ROUND; open.length > 0; round *= 2) {
    const left: typeof open = []
    for (const each of open) {
      const before = each.search.steps
      const result = each.search.run(Math.min(round, stepsMax - steps))
      steps += each.search.steps - before
      if (result === 'not linearizable') return { verdict: result, steps, part: partOf(each) }
      if (result === 'unfinished') left.push(each)
    }
    open = left
    if (steps >= stepsMax && open.length > 0) return { verdict: 'unknown', steps, part: partOf(open[0]!) }
  }
  return { verdict: 'linearizable', steps, part: null }
}

function partOf<State, Input, Output>(of: {
  readonly name: string
  readonly part: readonly Operation<Input, Output>[]
  readonly search: Search<State, Input, Output>
}): Part<Input, Output> {
  return { key: of.name, operations: of.part, longest: of.search.longest }
}
