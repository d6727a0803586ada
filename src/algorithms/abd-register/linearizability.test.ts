/**
 * ATOMICITY, which is quick since no value is written twice, against a search
 * for the order that knows nothing of values: both must say the same of every
 * run, right and wrong.
 */
import { expect, test } from 'vitest'
import { type RegisterInput, register } from '../../checkers/linearizability/operation.ts'
import { linearizable } from '../../checkers/linearizable.ts'
import { broken, PATIENT, reacting, sabotaged, seeds, trial } from '../../harness/testing.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { AbdRegister } from './abd-register.ts'
import { entry } from './index.ts'

const byASearch = linearizable<AbdRegister, string, RegisterInput, string | boolean>(register, {
  name: 'LINEARIZABILITY',
  asks: (event) =>
    event.kind === 'request' ? { id: event.request.id, input: inputOf(event.request) } : null,
  answers: (event) =>
    event.kind === 'indicate'
      ? { id: event.indication.id, output: event.indication.value ?? register.initial }
      : null,
})

const inputOf = (request: AbdRegister['request']): RegisterInput =>
  request.type === 'read' ? { do: 'read' } : { do: 'write', value: request.value }

const watched = (one: CatalogueEntry): CatalogueEntry => ({
  ...one,
  properties: (options) => [...one.properties(options), byASearch],
})

const BUSY = {
  peers: 5,
  options: { writers: 1, readers: 3, operations: 8, everyMs: 60 },
  faults: 'latency 1-5ms, jitter 0-100ms of propagate',
}

test.each([
  ['as it is', watched(entry)],
  [
    'with reads that do not write back',
    watched(
      sabotaged<AbdRegister>(
        entry,
        reacting((upon, state, { outgoing }) => ({
          ...upon,
          message: {
            ...upon.message,
            answer(answer, from) {
              upon.message.answer(answer, from)
              const { current, phase } = state
              if (current?.request.type !== 'read' || current.round !== 'propagate') return
              for (const other of outgoing) upon.message.ack({ type: 'ack', phase }, other) // nobody has yet
            },
          },
        })),
      ),
    ),
  ],
])('the two judges agree on the register %s', PATIENT, async (_, one) => {
  const verdicts = new Set<boolean>()
  for (const seed of seeds(60)) {
    const wrong = broken(await trial(one, seed, BUSY))
    verdicts.add(wrong.includes('ATOMICITY'))
    expect(wrong.includes('LINEARIZABILITY'), `seed ${seed}: ${wrong.join()}`).toBe(
      wrong.includes('ATOMICITY'),
    )
  }
  expect(verdicts.has(true)).toBe(one.make !== entry.make)
})
