/** The register in every schedule of cases small enough for that. */
import { describe, expect, test } from 'vitest'
import { type ExploreResult, explore } from '../../harness/explore.ts'
import { PATIENT, sabotaged } from '../../harness/testing.ts'
import { stepName } from '../../model/step.ts'
import type { AbdRegister } from './abd-register.ts'
import { entry } from './index.ts'

/** A read that is answered as soon as it has heard of the newest version; the copies stay as they are. */
const noWriteBack: Parameters<typeof sabotaged<AbdRegister>>[1] = ({ initial, upon }) => ({
  initial,
  upon(context, state) {
    const isReading = () => state.current?.request.type === 'read'
    const send: typeof context.send = (to, message) => {
      if (message.type !== 'propagate' || !isReading()) context.send(to, message)
    }
    const usual = upon({ ...context, send }, state)
    return {
      ...usual,
      message: {
        ...usual.message,
        answer(answer, from) {
          const own = state.version
          usual.message.answer(answer, from)
          if (!isReading() || state.current!.round !== 'propagate') return
          state.version = own
          for (const other of context.outgoing) usual.message.ack({ type: 'ack', phase: state.phase }, other)
        },
      },
    }
  },
})

describe('every schedule of a small case', PATIENT, () => {
  const verdicts = ({ properties }: ExploreResult) =>
    Object.fromEntries(properties.map(({ property, verdict }) => [property, verdict]))
  const holds = { ATOMICITY: 'holds', TERMINATION: 'holds', 'NO INVENTION': 'holds', 'TWO ROUNDS': 'holds' }

  test('a write and two reads of three processes: the promises hold', () => {
    const result = explore({ entry })
    expect(verdicts(result)).toEqual({ ...holds, 'A READ MET A WRITE': 'seen', 'COPIES DIFFERED': 'seen' })
    expect(result.states).toBe(1_232_409)
  })

  test('as many states, without what the properties remember, as another explorer found', () => {
    const { states, transitions } = explore({ entry, watch: false })
    expect([states, transitions]).toEqual([306_992, 1_838_741])
  })

  const once = (at: string, request: (phase: number) => AbdRegister['request']) => ({
    at,
    times: 1,
    requests: ({ current, phase }: AbdRegister['state']) => (current === null ? [request(phase)] : []),
  })
  const write = (at: string) => once(at, () => ({ type: 'write', id: `w${at}`, value: at }))
  const read = (at: string) => once(at, (phase) => ({ type: 'read', id: `r${phase}${at}` }))

  test('two writers of three processes; two writers that read, of two', () => {
    expect(verdicts(explore({ entry, inputs: [write('p00'), write('p01')] }))).toMatchObject(holds)
    const inputs = [write('p00'), write('p01'), read('p00'), read('p01')]
    expect(verdicts(explore({ entry, peers: 2, inputs }))).toMatchObject(holds)
  })

  test('one of three may crash at any moment', () => {
    const inputs = [write('p00'), read('p01')]
    expect(verdicts(explore({ entry, inputs, crashes: 1 }))).toMatchObject(holds)
    const two = verdicts(explore({ entry, inputs, crashes: 2 }))
    expect(two).toMatchObject({ ...holds, TERMINATION: 'violated' })
  })

  test('what is lost is waited for, and nothing else', () => {
    const inputs = [write('p00'), read('p01')]
    const { properties } = explore({ entry, inputs, loss: true })
    const broken = properties.filter(({ verdict }) => verdict === 'violated')
    expect(broken.map(({ property }) => property)).toEqual(['TERMINATION'])
  })

  test('without the write-back a newer value is read, and then an older one: in nine steps', () => {
    const { properties } = explore({ entry: sabotaged(entry, noWriteBack) })
    const { verdict, steps } = properties.find(({ property }) => property === 'ATOMICITY')!
    expect(verdict).toBe('violated')
    expect(steps!.map(stepName)).toEqual([
      'p00 asked {"id":"w","type":"write","value":"a"}',
      'p00>p01:query#0',
      'p01>p00:answer#0', // p00 has the new version, and nobody else has
      'p01 asked {"id":"r0","type":"read"}',
      'p01>p00:query#0',
      'p00>p01:answer#0', // r0 returns it
      'p01 asked {"id":"r2","type":"read"}',
      'p01>p02:query#1',
      'p02>p01:answer#0', // r2 does not
    ])
  })
})
