/**
 * Linearizability of what clients were told, as a property: operations are
 * gathered along the run and judged at its end. M. Herlihy and J. Wing,
 * "Linearizability", ACM TOPLAS 12(3), 1990. The question is NP-complete
 * (P. Gibbons and E. Korach, SIAM J. Computing 26(4), 1997); where the steps
 * give out the verdict is unknown. `linearizability/` has the search.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'
import { linearized } from './linearizability/judge.ts'
import type { Operation, SequentialModel } from './linearizability/operation.ts'
import { picture } from './linearizability/picture.ts'

export interface Clients<S extends Signature, Input, Output> {
  readonly name: string
  /** What an event asks for, and under which name; null if it asks for nothing. */
  readonly asks: (event: HistoryEvent<S>) => { readonly id: string; readonly input: Input } | null
  /** What an event answers, and to whom. */
  readonly answers: (event: HistoryEvent<S>) => { readonly id: string; readonly output: Output } | null
  readonly key?: (input: Input) => string // of the object; without it there is one
}

interface Asked<Input> {
  readonly process: string
  readonly input: Input
  readonly invoked: number
}

interface Memory<Input, Output> {
  readonly open: Map<string, Asked<Input>>
  readonly done: Operation<Input, Output>[]
}

export const linearizable = <S extends Signature, State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  { name, asks, answers, key }: Clients<S, Input, Output>,
): Property<S> =>
  property<S, Memory<Input, Output>>({
    name,
    kind: 'always',
    sees: ['request', 'indicate'],
    needs: 'the whole history',
    initial: () => ({ open: new Map(), done: [] }),
    upon({ open, done }, event) {
      const asked = asks(event)
      if (asked !== null) {
        open.set(asked.id, { process: event.at, input: asked.input, invoked: event.position })
      }
      const answer = answers(event)
      const operation = answer === null ? undefined : open.get(answer.id)
      if (answer === null || operation === undefined) return undefined
      open.delete(answer.id)
      done.push({ ...operation, answered: event.position, output: answer.output })
      return undefined
    },
    atEnd({ open, done }) {
      const unanswered = [...open.values()].map((asked) => ({ ...asked, answered: Number.POSITIVE_INFINITY }))
      const { verdict, part, steps } = linearized(model, [...done, ...unanswered], key ? { key } : {})
      if (part === null) return undefined
      if (verdict === 'unknown') {
        return { explanation: `no order was found in ${steps} steps`, witnesses: [], undecided: true }
      }
      const stuck = part.operations.filter((_, i) => !part.longest.includes(i))
      const witnesses = stuck.flatMap(({ invoked, answered }) =>
        Number.isFinite(answered) ? [invoked, answered] : [],
      )
      return {
        explanation: `no order explains the answers\n${picture(model, part)}`,
        witnesses: witnesses.slice(0, 8),
      }
    },
  })
