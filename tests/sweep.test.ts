/** Sweeps as they are typed: over all that is right, and over what is wrong in every way. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalogue, SIMULATED } from '../src/algorithms/index.ts'
import { type Conditions, planOfSeed, runSeed } from '../src/harness/sweep/case.ts'
import type { CatalogueEntry } from '../src/model/catalogue.ts'
import { alone, emptyFolder, json, testbed } from './end-to-end/testing.ts'

const PATIENT = { timeout: 240_000 }

interface Swept {
  algorithm: string
  seeds: number
  events: number
  unknown: number
  faultsFired: Record<string, number>
  notSeen: string[]
  failures: {
    what: string
    kind: string
    explanation: string
    seed: number
    seeds: number
    command: string
    steps?: number
    schedule?: string
    test?: string
  }[]
}

async function sweep(args: readonly string[]): Promise<{ code: number | null; swept: Swept[] }> {
  const { code, stdout, stderr } = await testbed(['sweep', ...args, '--json', '--no-progress'])
  if (stdout === '') throw new Error(stderr)
  return { code, swept: JSON.parse(stdout).map(({ seconds: _, ...rest }: { seconds: number }) => rest) }
}

test(
  'a thousand seeds of every algorithm, each with faults of its own, break no promise',
  PATIENT,
  async () => {
    const { code, swept } = await sweep(['all', '--seeds', '1000'])
    expect(swept.map(({ algorithm }) => algorithm)).toEqual(SIMULATED)
    for (const { algorithm, failures, notSeen, unknown, seeds } of swept) {
      expect(failures, algorithm).toEqual([])
      expect(notSeen, algorithm).toEqual([])
      expect([seeds, unknown], algorithm).toEqual([1000, 0])
    }
    const fired = new Set(swept.flatMap(({ faultsFired }) => Object.keys(faultsFired)))
    const all = [
      'clock',
      'crash',
      'cut',
      'duplicate',
      'jitter',
      'latency',
      'partition',
      'pause',
      'reorder',
      'slow',
    ]
    expect([...fired].sort(), 'these seeds fire every kind').toEqual(expect.arrayContaining(all))
    expect(code).toBe(0)
  },
)

test('what it comes to does not depend on the number of threads', PATIENT, async () => {
  const args = ['bank', '--seeds', '170', '--from', '31']
  const [one, three] = await Promise.all(['1', '3'].map((jobs) => sweep([...args, '--jobs', jobs])))
  expect(one).toEqual(three)
})

const SWARM: Omit<Conditions, 'options'> = { peers: [2, 7], faults: 'swarm', eventsMax: 200_000 }

test('the ordinary command repeats a seed, to the digest', PATIENT, async () => {
  const { entry } = (await catalogue['ricart-agrawala']!()) as { entry: CatalogueEntry }
  const options = Object.fromEntries(
    Object.entries(entry.options).map(([name, { default: value }]) => [name, value]),
  )
  for (const seed of [3, 7]) {
    const conditions = { ...SWARM, options }
    const { topology, faultsText } = planOfSeed(entry, seed, conditions)
    const args = ['ricart-agrawala', '--runtime', 'simulator', '--seed', `${seed}`]
    const shape = ['--peers', `${topology.ids.length}`, '--topology', topology.name]
    for (const faults of [faultsText, 'swarm']) {
      const { runs } = await json([...args, ...shape, '--faults', faults, ...alone(emptyFolder())])
      expect(runs[0], `seed ${seed}, ${faults}`).toMatchObject({
        digest: runSeed(entry, seed, conditions).digest,
      })
    }
  }
})

describe('what is wrong is named with its seed, and the other seeds go on', () => {
  /** An entry whose process does something when it is asked: `deed` has context, state and random at hand. */
  function wrong(deed: string, properties = '[]'): string {
    const path = join(emptyFolder(), 'wrong.ts')
    writeFileSync(
      path,
      `
let kept = 0
export const entry = {
  name: 'wrong', summary: 'wrong', options: {},
  make: () => ({
    initial: () => ({ n: 0 }),
    upon: (context, state) => ({
      request: { go() { ${deed} } },
      message: { hop() { ${deed.includes('flood') ? deed : ''} } },
      timeout: {},
    }),
  }),
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: { default: 'complete', fits: () => null },
  streams: 'channel', channels: 'fixed',
  shapes: { request: { go: {} }, message: { hop: {} }, timer: {} },
  workload: (random, places) =>
    places.map(({ self }) => ({ to: self, request: { type: 'go' }, atMs: random.below(20) })),
  properties: () => ${properties},
  ends: 'quiescent',
}
`,
    )
    return path
  }
  const found = async (path: string, args: readonly string[] = []) => {
    const { code, swept } = await sweep([path, '--seeds', '120', '--runs', emptyFolder(), ...args])
    return { code, ...swept[0]! }
  }

  test('a handler that throws, in some seeds', PATIENT, async () => {
    const { code, seeds, failures } = await found(
      wrong("if (context.random.below(40) === 0) throw new Error('by bad luck')"),
    )
    expect([code, seeds]).toEqual([70, 120])
    expect(failures[0]).toMatchObject({ what: 'a handler threw', kind: 'bug', steps: 1 })
    expect(failures[0]!.explanation).toContain('by bad luck')
    expect(failures[0]!.seeds).toBeLessThan(120)
  })

  test('one that floods', PATIENT, async () => {
    const path = wrong("/* flood */ for (const to of context.outgoing) context.send(to, { type: 'hop' })")
    const { code, failures } = await found(path, ['--events-max', '3000', '--peers', '3'])
    expect(code).toBe(70)
    expect(failures[0]).toMatchObject({ what: 'no end', seed: 1, seeds: 120 })
  })

  test('one that never returns', PATIENT, async () => {
    const { code, seeds, failures } = await found(wrong('if (context.random.below(600) === 0) for (;;);'), [
      ...['--seeds', '60', '--peers', '3'],
    ])
    expect([code, seeds]).toEqual([70, 60])
    expect(failures[0]).toMatchObject({ what: 'never ends' })
  })

  test('a state that is no data', PATIENT, async () => {
    const { code, failures } = await found(
      wrong("state.f = () => 1; context.send(context.outgoing[0], { type: 'hop' })"),
      ['--seeds', '5'],
    )
    expect(code).toBe(70)
    expect(failures[0]).toMatchObject({ what: 'a state that is no data', seed: 1 })
    expect(failures[0]!.explanation).toMatch(/function/)
  })

  test('what remembers elsewhere than in its state', PATIENT, async () => {
    const { code, failures } = await found(
      wrong("state.n = kept++; context.indicate({ type: 'kept', n: state.n })"),
      ['--jobs', '1'],
    )
    expect(code).toBe(70)
    expect(failures[0]).toMatchObject({ what: 'not deterministic' })
  })

  test('a promise that is broken: shortened, with a test to paste', PATIENT, async () => {
    const property = `[{
      name: 'NEVER TWO', kind: 'always', initial: () => ({ n: 0 }),
      upon: (memory, event) => event.kind === 'request' && ++memory.n === 2
        ? { explanation: 'two were asked', witnesses: [event.position] } : undefined,
    }]`
    const { code, failures } = await found(wrong('', property))
    expect(code).toBe(1)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatchObject({ what: 'NEVER TWO', seed: 1, seeds: 120, steps: 2 })
    expect(existsSync(failures[0]!.schedule!)).toBe(true)
    expect(readFileSync(failures[0]!.test!, 'utf8')).toContain("toContain('NEVER TWO')")
    const replay = await testbed(['replay', failures[0]!.schedule!, '--exit', ...alone(emptyFolder())])
    expect(replay.code).toBe(1)
  })

  test('what cannot be swept', async () => {
    expect((await testbed(['sweep'])).stderr).toContain("missing required argument 'algorithm'")
    expect((await testbed(['sweep', 'chang-roberts', '--peers', '9-3'])).code).toBe(64)
    expect((await testbed(['sweep', resolve('nothing.ts')])).code).toBe(64)
  })
})
