/**
 * The laws that every algorithm of the catalogue keeps, whatever it does: a
 * process is its state, a run is its seed, a run file is the whole run. Its own
 * promises are tested in its folder.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue, SERVICES, SIMULATED } from '../src/algorithms/index.ts'
import type { PingPong } from '../src/algorithms/ping-pong/ping-pong.ts'
import { historyOf } from '../src/harness/history.ts'
import { planRun } from '../src/harness/plan.ts'
import type { Simulated } from '../src/harness/simulated.ts'
import { type Conditions, PATIENT, sabotaged, seeds, trial, unseen } from '../src/harness/testing.ts'
import { UsageError } from '../src/lib/usage-error.ts'
import type { CatalogueEntry } from '../src/model/catalogue.ts'
import { misfit } from '../src/model/shape.ts'
import { buildTopology } from '../src/topology/topology.ts'
import { encodeBlock } from '../src/trace-format/block-codec.ts'
import { RunStore } from '../src/trace-server/run-store.ts'

const FOLDER = 'src/algorithms'
const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory())

/** As the headings stand in every NOTES.md. */
const HEADINGS = [
  'Problem',
  'Model and assumptions',
  'The idea in five sentences',
  'A run, step by step',
  'Why it works',
  'What it costs (measured)',
  'Break it (commands with seeds)',
  'On libp2p',
  'Words',
  'Sources',
  'Exercises',
]

/** The entry that a name of the catalogue stands for; a superposition is put upon its default. */
async function entryOf(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  if (!('upon' in entry)) return entry
  const { entry: basic } = await catalogue[entry.over]!()
  if ('upon' in basic) throw new Error(`${name} is put upon ${basic.name}, itself a superposition`)
  return entry.upon(basic)
}

const SIZES = [4, 5, 7, 8, 9, 3, 2, 1]
/** A run that never ends by itself would otherwise record until the disk is full. */
const EVENTS_MAX = 50_000

/** A run under the entry's own conditions, on the first of SIZES that fits it. */
async function run(entry: CatalogueEntry, seed: number, more: Partial<Conditions> = {}): Promise<Simulated> {
  for (const peers of SIZES) {
    try {
      return await trial(entry, seed, { peers, eventsMax: EVENTS_MAX, ...more })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error // that size does not fit
    }
  }
  throw new Error(`${entry.name} fits none of the sizes ${SIZES}`)
}

const bytesOf = ({ blocks }: Simulated) => Buffer.concat(blocks.map(encodeBlock))

test('every folder is in the catalogue, under its name', async () => {
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(catalogue).sort())
  for (const name of Object.keys(catalogue)) expect((await catalogue[name]!()).entry.name).toBe(name)
})

test('libp2p’s own services are told apart, and refuse by name to be simulated', async () => {
  for (const name of Object.keys(catalogue)) {
    const { entry } = await catalogue[name]!()
    const service = 'upon' in entry ? undefined : entry.service
    expect(service !== undefined, name).toBe(SERVICES.includes(name))
    if ('upon' in entry || service === undefined) continue
    expect(service.name).toBe(name)
    const simulate = () => trial(entry, 1, { peers: 4 })
    expect(simulate).toThrow(new RegExp(`^${name} is a service .*--runtime libp2p`))
    expect(simulate).toThrow(UsageError)
  }
})

/** Every entry alone, and every superposition upon every other entry; not the services of libp2p. */
async function combinations(): Promise<CatalogueEntry[]> {
  const all = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).entry))
  const alone = all.filter(
    (entry): entry is CatalogueEntry => !('upon' in entry) && entry.service === undefined,
  )
  return [
    ...alone,
    ...all.flatMap((entry) => ('upon' in entry ? alone.map((basic) => entry.upon(basic)) : [])),
  ]
}

test('from 101 processes on, where ids are wider, faults and requests name who is there', async () => {
  for (const entry of await combinations()) {
    const options = Object.fromEntries(
      Object.entries(entry.options).map(([name, option]) => [name, option.default]),
    )
    const topology = buildTopology(entry.topology.default, 121, 1)
    expect(entry.topology.fits(topology.places), entry.name).toBeNull()
    const asking = { entry, options, topology, seed: 1, broken: [], requests: [] }
    const plan = planRun({ ...asking, runtime: 'simulator' })
    for (const { to } of plan.experiment.requests) expect(topology.ids, entry.name).toContain(to)
  }
})

test('no two promises of a run have the same name', async () => {
  for (const { name, summary, options, properties } of await combinations()) {
    const defaults = Object.entries(options).map(([option, { default: value }]) => [option, value])
    const names = properties(Object.fromEntries(defaults)).map((promise) => promise.name)
    expect(new Set(names).size, `${name}, ${summary}: ${names.join(', ')}`).toBe(names.length)
  }
})

test('what remembers outside its state is found out', async () => {
  const entry = await entryOf('ping-pong')
  const forgetful = sabotaged<PingPong>(entry, ({ initial, upon }) => ({
    initial,
    upon(context, state) {
      let steps = 0
      const { request, message } = upon(context, state)
      const ping = (event: PingPong['request']) => {
        state.nextId += steps++
        request.ping(event)
      }
      return { request: { ping }, message }
    },
  }))
  const conditions = { options: { pings: 3 } }
  const [as, anew] = [
    await run(forgetful, 1, conditions),
    await run(forgetful, 1, { ...conditions, takeUpEveryStep: true }),
  ]
  expect(anew.history).not.toEqual(as.history)
})

describe.each(SIMULATED)('%s', PATIENT, (name) => {
  let entry: CatalogueEntry
  const runs = mkdtempSync(join(tmpdir(), 'p2p-testbed-'))
  beforeAll(async () => {
    entry = await entryOf(name)
  })
  afterAll(() => rmSync(runs, { recursive: true }))

  test('a process is its state: taken up anew before each step, it has the same history', async () => {
    for (const seed of seeds(30)) {
      const [as, anew] = [await run(entry, seed), await run(entry, seed, { takeUpEveryStep: true })]
      expect(as.conducted.failure, `seed ${seed}`).toBeNull()
      expect(anew.conducted.failure, `seed ${seed}, taken up`).toBeNull()
      expect(anew.history, `seed ${seed}`).toEqual(as.history)
      expect(bytesOf(anew).equals(bytesOf(as)), `seed ${seed}: the columns differ`).toBe(true)
    }
  })

  test('a run is its seed', async () => {
    for (const seed of seeds(10)) {
      const bytes = bytesOf(await run(entry, seed))
      expect(bytesOf(await run(entry, seed)).equals(bytes), `seed ${seed} twice`).toBe(true)
      expect(bytesOf(await run(entry, seed + 100)).equals(bytes), `seeds ${seed} and ${seed + 100}`).toBe(
        false,
      )
    }
  })

  test('watching the states changes nothing that happens', async () => {
    for (const seed of seeds(5)) {
      const [watched, not] = [await run(entry, seed), await run(entry, seed, { watchStates: false })]
      expect(
        watched.blocks.some(({ states }) => states.length > 0),
        `seed ${seed}`,
      ).toBe(true)
      expect(not.history, `seed ${seed}`).toEqual(watched.history)
    }
  })

  test('its own conditions show it, and it keeps its promises there', async () => {
    const shown: string[] = []
    const hoped = new Set<string>()
    for (const seed of seeds(30)) {
      const done = await run(entry, seed)
      const { verdict, properties } = done.conducted.outcome
      expect(verdict, `seed ${seed}: ${JSON.stringify(properties)}`).toBe('valid')
      const sometimes = properties.filter(({ kind }) => kind === 'sometimes').map((property) => property.name)
      for (const property of sometimes) hoped.add(property)
      shown.push(...sometimes.filter((property) => !unseen(done).includes(property)))
    }
    expect(hoped.size, 'sometimes-properties').toBeGreaterThan(0)
    for (const property of hoped) {
      expect(shown.filter((seen) => seen === property).length, `${property}, of 30 runs`).toBeGreaterThan(15)
    }
  })

  test('whatever it is asked and whatever it says fits its shapes', async () => {
    for (const seed of seeds(10)) {
      const { history } = await run(entry, seed)
      for (const event of history) {
        const where = `seed ${seed}, event ${event.position}`
        if (event.kind === 'request') expect(misfit(entry.shapes.request, event.request), where).toBeNull()
        if (event.kind === 'send') expect(misfit(entry.shapes.message, event.message), where).toBeNull()
        if (event.kind === 'setTimer') expect(misfit(entry.shapes.timer, event.timer), where).toBeNull()
      }
    }
  })

  test('a run file is the whole run', async () => {
    const store = RunStore.open(runs)
    for (const seed of seeds(5)) {
      const { conducted, blocks, history, plan } = await run(entry, seed)
      const writer = store.begin(conducted.run)
      for (const block of blocks) writer.append(block)
      writer.end(conducted.outcome, [])
      expect(writer.note, `seed ${seed}`).toBeNull()
      const read = RunStore.open(runs) // another one: nothing is remembered
      expect(read.record(conducted.run.id), `seed ${seed}`).toMatchObject({
        run: conducted.run,
        outcome: conducted.outcome,
      })
      const stored = read.blocks(conducted.run.id)
      expect(stored, `seed ${seed}`).toEqual(blocks)
      expect(historyOf(stored, plan.topology.ids), `seed ${seed}`).toEqual(history)
    }
  })
})

describe.each(Object.keys(catalogue))('%s', (name) => {
  test('its folder is whole: a test, golden runs that ran, notes under the headings', () => {
    const folder = join(FOLDER, name)
    const files = readdirSync(folder)
    expect(files.filter((file) => file.endsWith('.test.ts'))).not.toEqual([])
    const scenarios = existsSync(join(folder, 'scenarios')) ? readdirSync(join(folder, 'scenarios')) : []
    // No run of a service is the same twice: it throws dice of its own.
    expect(scenarios.length > 0, 'golden runs').toBe(!SERVICES.includes(name))
    for (const scenario of scenarios) {
      const text = readFileSync(join(folder, 'scenarios', scenario), 'utf8')
      expect(
        text.split('\n').filter((line) => line === '----'),
        scenario,
      ).toHaveLength(2)
    }
    const notes = readFileSync(join(folder, 'NOTES.md'), 'utf8').replace(/^```[\s\S]*?^```/gm, '')
    expect([...notes.matchAll(/^# /gm)]).toHaveLength(1)
    expect([...notes.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
  })
})
