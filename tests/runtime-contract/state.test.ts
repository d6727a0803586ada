/** A process is its state: it may be taken up from the text of it, and the column says what it was. */
import { describe, expect, test } from 'vitest'
import { conduct } from '../../src/harness/conduct.ts'
import { simulated } from '../../src/harness/simulated.ts'
import { canonical } from '../../src/lib/canonical.ts'
import type { Block, StateSample } from '../../src/trace-format/events.ts'
import { STEP_TEXT_MAX } from '../../src/trace-format/events.ts'
import { arms, law, SEED } from './arms.ts'
import { entries, planOf } from './entries.ts'
import { little, note, saw, tick } from './little.ts'
import { announced, of, sound } from './reading.ts'

describe('taken up before every step from the text of its state', () => {
  for (const [name, load] of entries) {
    test(`${name} has the same history, to the byte`, async () => {
      const plan = await planOf(await load(), 'simulator')
      const written = async (takeUpEveryStep: boolean) => {
        const { history } = await simulated({ ...plan, experiment: { ...plan.experiment, takeUpEveryStep } })
        return history.map((event) => JSON.stringify(event))
      }
      const whole = await written(false)
      expect(whole.length, `seed ${SEED}`).toBeGreaterThan(4)
      expect(await written(true), `seed ${SEED}`).toEqual(whole)
    })
  }

  for (const [name, load] of entries) {
    test(`${name} is as valid on real hosts`, async () => {
      const plan = await planOf(await load(), 'libp2p')
      const execute = await arms[2]!.executor(plan.topology.ids.length)
      const takenUp = { ...plan, experiment: { ...plan.experiment, takeUpEveryStep: true } }
      const identity = { id: name, tag: '00000000000000ab', runtime: 'libp2p', peerIds: [], command: '' }
      const { outcome, failure } = await conduct(takenUp, identity, execute, {
        begin: () => {},
        block: () => {},
      })
      expect(failure).toBe(null)
      expect(outcome.verdict, `seed ${SEED}`).toBe('valid')
    })
  }

  law('a process goes on as it was', async (arm) => {
    const ran = await arm.run(grower(20), { takeUpEveryStep: true, watchStates: true })
    sound(ran)
    expect(announced(ran, 'p00').at(-1)).toBe(announced(await arm.run(grower(20)), 'p00').at(-1))
  })

  test('one that hides something outside its state is found out', async () => {
    const hiding = little({})
    const forgetful = {
      ...hiding,
      upon: (...its: Parameters<typeof hiding.upon>) => {
        let secret = 0 // should have been in the state
        return { ...hiding.upon(...its), timeout: { tick: () => its[0].indicate(saw(secret++)) } }
      },
    }
    const timed = {
      ...forgetful,
      upon: (...its: Parameters<typeof hiding.upon>) => ({
        ...forgetful.upon(...its),
        start: () => [1, 2].forEach((n) => void its[0].setTimer(tick('t', n), n)),
      }),
    }
    const [simulator] = arms
    const plain = await simulator!.run(timed)
    const takenUp = await simulator!.run(timed, { takeUpEveryStep: true })
    expect(announced(plain, 'p00')).toEqual([0, 1])
    expect(announced(takenUp, 'p00')).toEqual([0, 0])
  })
})

/** p00 counts ticks in a state of all sorts, and announces the text of it at the end of each step. */
const grower = (steps: number, pad: (n: number) => string = () => '') =>
  little({
    initial: () => ({ n: 0, seen: new Set<number>(), by: new Map<string, number>(), $odd: { $map: 1 } }),
    start({ self, setTimer, indicate }, state) {
      if (self === 'p00') setTimer(tick('grow'), 1)
      indicate(saw(canonical(state)))
    },
    recover({ setTimer, indicate }, _, state) {
      setTimer(tick('grow'), 1)
      indicate(saw(canonical(state)))
    },
    tick({ setTimer, indicate, send }, _, state) {
      state.n++
      state.seen.add(state.n % 7)
      state.by.set(`k${state.n % 5}`, state.n)
      if (state.n % 3 === 0) state.sometimes = state.n
      else delete state.sometimes
      state.never = undefined
      state.pad = pad(state.n)
      if (state.n === 4) send('p01', note(1))
      if (state.n < steps) setTimer(tick('grow'), 1)
      indicate(saw(canonical(state)))
    },
    note: ({ indicate }, _, state) => indicate(saw(canonical(state))),
  })

/** What a reader of the column knows of a state after each step; null where he must compute it. */
function readColumn(blocks: readonly Block[], steps: readonly number[]): (string | null)[] {
  const samples = new Map<number, StateSample>()
  for (const { states } of blocks) for (const sample of states) samples.set(sample.position, sample)
  let fields: Record<string, unknown> = {}
  let isKnown = false
  return steps.map((position) => {
    const sample = samples.get(position)
    if (sample?.whole) fields = {}
    if (sample) {
      Object.assign(fields, JSON.parse(sample.text))
      isKnown = true
    } else if (!isKnown) return null
    const text = sorted(fields)
    if (sample && sample.text.length > STEP_TEXT_MAX) isKnown = false
    return text
  })
}

const sorted = (fields: Record<string, unknown>) =>
  `{${Object.keys(fields)
    .sort()
    .map((field) => `${JSON.stringify(field)}:${JSON.stringify(fields[field])}`)
    .join(',')}}`

const STEPS: readonly string[] = ['start', 'recover', 'request', 'deliver', 'timeout']

describe('the state column', () => {
  const cases: [string, (n: number) => string, number][] = [
    ['of a small state says all of it', () => '', 1],
    ['of a large one says the whole of it every 64 steps', () => 'x'.repeat(2000), 0.01],
    ['of one that is large now and then leaves gaps', (n) => 'x'.repeat(n % 70 === 50 ? 1500 : 3), 0.5],
  ]
  for (const [title, pad, share] of cases) {
    law(`${title}, and never anything else`, async (arm) => {
      const parts = { watchStates: true, faults: 'crash p00 at 40ms for 5ms' }
      const ran = await arm.run(grower(150, pad), parts)
      sound(ran)
      const steps = ran.history.filter(({ kind, at }) => at === 'p00' && STEPS.includes(kind))
      const known = readColumn(
        ran.blocks,
        steps.map(({ position }) => position),
      )
      const truth = announced(ran, 'p00') as string[]
      expect(truth).toHaveLength(steps.length)
      for (const [i, text] of known.entries()) {
        if (text !== null) expect(text, `after step ${i}, ${steps[i]!.kind}`).toBe(unescaped(truth[i]!))
      }
      const samples = ran.blocks.flatMap(({ states }) => states)
      for (const kind of ['start', 'recover'] as const) {
        const [first] = of(ran, kind, 'p00')
        expect(
          samples.find(({ position }) => position === first!.position),
          kind,
        ).toMatchObject({ whole: true })
      }
      expect(known.filter((text) => text !== null).length).toBeGreaterThanOrEqual(share * known.length)
    })
  }

  law('is empty when nobody watches', async (arm) => {
    const ran = await arm.run(grower(20))
    expect(ran.blocks.flatMap(({ states }) => states)).toEqual([])
  })
})

/** A field `$odd` is written so in the column, where fields are told apart from Maps by their place. */
const unescaped = (text: string) => text.replace('"$$odd"', '"$odd"')
