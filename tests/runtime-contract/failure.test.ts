/** What is wrong with the algorithm itself ends the run at once, with a name on it. */
import { describe, expect } from 'vitest'
import { Bug } from '../../src/lib/assert.ts'
import { HandlerThrew, MESSAGE_BYTES_MAX } from '../../src/runtimes/experiment.ts'
import { law, type Parts } from './arms.ts'
import { go, type Handlers, little, note, tick } from './little.ts'
import { of } from './reading.ts'

const fail = (): never => {
  throw new TypeError('on purpose')
}

describe('a handler that throws', () => {
  const ways: [string, Handlers, RegExp, Parts?][] = [
    [
      'start',
      { start: ({ self }) => self === 'p01' && fail() },
      /p01 threw while handling start: on purpose/,
    ],
    [
      'a message',
      { start: ({ self, send }) => self === 'p00' && send('p01', note(1)), note: fail },
      /p01 threw while handling a message: on purpose/,
    ],
    [
      'a timeout',
      { start: ({ self, setTimer }) => self === 'p01' && setTimer(tick('t'), 2), tick: fail },
      /p01 threw while handling timeout {"n":0,"name":"t","type":"tick"}: on purpose/,
    ],
    [
      'a request',
      { go: fail },
      /p01 threw while handling request {"type":"go".*: on purpose/,
      { requests: [go('p01', 2)] },
    ],
    [
      'a recovery',
      { recover: fail },
      /p01 threw while handling recover null: on purpose/,
      { faults: 'crash p01 at 2ms for 2ms' },
    ],
  ]
  for (const [what, handlers, says, parts] of ways) {
    law(`${what}: the run rejects and names it, the history holds it, nothing follows`, async (arm) => {
      // The others would go on for ever, and have much in transit when it happens.
      const others: Handlers = {
        start(its, state) {
          handlers.start?.(its, state)
          if (its.self !== 'p01') its.send(its.self === 'p00' ? 'p02' : 'p00', note(0))
        },
        note(its, message, from, state) {
          if (its.self === 'p01') handlers.note?.(its, message, from, state)
          else its.send(from, note(1))
        },
      }
      const ran = await arm.run(little({ ...handlers, ...others }), { ...parts, eventsMax: 300_000 })
      expect(ran.ended).toBe(null)
      expect(ran.error).toBeInstanceOf(HandlerThrew)
      const error = ran.error as HandlerThrew
      expect(error.message).toMatch(says)
      expect(error.process).toBe('p01')
      expect(error.cause).toBeInstanceOf(TypeError)
      const [thrown, ...more] = of(ran, 'throw')
      expect(more).toEqual([])
      expect(thrown).toMatchObject({ at: 'p01' })
      expect(thrown!.stack).toMatch(/TypeError: on purpose\n +at .*fail/)
      expect(ran.history.slice(thrown!.position + 1)).toEqual([])
    })
  }

  law('leaves the hosts fit for the next run', async (arm) => {
    await arm.run(little({ start: fail }))
    const ran = await arm.run(little({ start: ({ self, send }) => self === 'p00' && send('p01', note(1)) }))
    expect(ran.ended?.how).toBe('quiescent')
    expect(of(ran, 'deliver')).toHaveLength(1)
  })
})

describe('a process that breaks the rules', () => {
  law('is caught when it sends what does not fit its shape', async (arm) => {
    const sloppy = little({
      start: ({ self, send }) => self === 'p00' && send('p01', { type: 'note', n: -1, text: '' }),
    })
    for (const streams of ['channel', 'exchange'] as const) {
      const { error } = await arm.run(sloppy, { streams })
      expect(error).toBeInstanceOf(Bug)
      expect(String(error)).toBe(
        'Bug: p00 sent a message that does not fit its shape: n is not a natural in ' +
          '{"type":"note","n":-1,"text":""}',
      )
    }
  })

  law(
    'is caught when a message is larger than any frame may be; the largest there may be arrives',
    async (arm) => {
      const frame = JSON.stringify(note(1)).length
      const huge = (bytes: number) =>
        little({
          start: ({ self, send }) => self === 'p00' && send('p01', note(1, 'x'.repeat(bytes - frame))),
        })
      const ran = await arm.run(huge(MESSAGE_BYTES_MAX))
      expect(ran.error).toBe(null)
      expect(of(ran, 'deliver')).toHaveLength(1)
      const { error } = await arm.run(huge(MESSAGE_BYTES_MAX + 1))
      expect(error).toBeInstanceOf(HandlerThrew)
      expect(String(error)).toMatch(/p00 sent 4194305 bytes, more than 4194304/)
    },
  )

  law('is caught when its state is no data', async (arm) => {
    const stateful = little({
      start({ self }, state) {
        if (self === 'p02') state.when = new Date(0)
      },
    })
    const { error } = await arm.run(stateful, { watchStates: true })
    expect(String(error)).toMatch(
      /HandlerThrew: p02 threw while handling start: an instance of Date has no text form/,
    )
  })
})
