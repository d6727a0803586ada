/** ATOMICITY, which looks at pairs of values, against a judge that looks for an order of all operations. */
import { describe, expect, test } from 'vitest'
import { linearized } from '../../checkers/linearizability/judge.ts'
import { type Operation, type RegisterInput, register } from '../../checkers/linearizability/operation.ts'
import { PATIENT, seeds } from '../../harness/testing.ts'
import { Prng } from '../../lib/prng.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { AbdRegister } from './abd-register.ts'
import { registerProperties } from './checker.ts'

type Event = HistoryEvent<AbdRegister>

/** What the monitor says: whether there is an order. */
function isAtomic(history: readonly Event[]): boolean {
  const { initial, upon } = registerProperties().find(({ name }) => name === 'ATOMICITY')!
  const memory = initial([])
  return history.every((event) => upon(memory, event, undefined) === undefined)
}

/** What the search says. */
function isLinearizable(history: readonly Event[]): boolean {
  const operations = new Map<string, Operation<RegisterInput, string | boolean>>()
  for (const event of history) {
    if (event.kind === 'request') {
      const { id, ...request } = event.request
      const input =
        request.type === 'read' ? { do: request.type } : { do: request.type, value: request.value }
      const invoked = event.position
      operations.set(id, { process: event.at, input, invoked, answered: Number.POSITIVE_INFINITY })
    }
    if (event.kind === 'indicate') {
      const { id, value } = event.indication
      const operation = operations.get(id)!
      const output = operation.input.do === 'read' ? (value ?? register.initial) : true
      operations.set(id, { ...operation, output, answered: event.position })
    }
  }
  const { verdict } = linearized(register, [...operations.values()])
  expect(verdict).not.toBe('unknown')
  return verdict === 'linearizable'
}

const STAMP = { seq: 0, lamport: 0, timeNs: 0, localNs: 0 }

/** Three clients that ask when they like and are told what the dice say, if only somebody was to write it. */
function invented(seed: number): Event[] {
  const random = new Prng(seed, 'history')
  const clients = ['p00', 'p01', 'p02']
  const open = new Map<string, AbdRegister['request']>()
  const written: (string | null)[] = [null]
  return Array.from({ length: 6 + random.below(11) }, (_, position): Event => {
    const at = random.pick(clients)
    const stamp = { ...STAMP, at, position }
    const asked = open.get(at)
    if (asked === undefined) {
      const id = `o${position}`
      const isWrite = random.chance(2, 5)
      const request: AbdRegister['request'] = isWrite
        ? { type: 'write', id, value: id }
        : { type: 'read', id }
      if (isWrite) written.push(id)
      open.set(at, request)
      return { ...stamp, kind: 'request', request }
    }
    open.delete(at)
    const value = asked.type === 'write' ? asked.value : random.pick(written.slice(-3))
    return { ...stamp, kind: 'indicate', indication: { type: 'ok', id: asked.id, value } }
  })
}

describe('what the monitor finds is what a search for an order finds', PATIENT, () => {
  test('in histories that nobody made', () => {
    const counts = { atomic: 0, not: 0 }
    for (const seed of seeds(4000)) {
      const history = invented(seed)
      const verdict = isAtomic(history)
      expect(verdict, `seed ${seed}`).toBe(isLinearizable(history))
      counts[verdict ? 'atomic' : 'not']++
    }
    expect(Math.min(counts.atomic, counts.not)).toBeGreaterThan(1000)
  })
})
