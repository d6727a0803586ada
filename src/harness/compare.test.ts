import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { catalogue, SIMULATED } from '../algorithms/index.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { type Compared, type Conditions, type Group, type Measured, planOf, reported } from './compare.ts'
import { type BroadcastMeasure, broadcastGroup } from './compare-broadcast.ts'
import { chainGroup } from './compare-chain.ts'
import { dhtGroup } from './compare-dht.ts'
import { groups } from './compare-groups.ts'
import { lineChart } from './line-chart.ts'
import { simulated } from './simulated.ts'
import { PATIENT } from './testing.ts'

/** gossipsub and kad-dht run on hosts alone. */
const inSimulator = <Measure>({ members }: Group<Measure>) =>
  members.filter(({ algorithm }) => SIMULATED.includes(algorithm))

async function measuredOf<Measure>(
  group: Group<Measure>,
  conditions: Conditions,
): Promise<Measured<Measure>[]> {
  const all: Measured<Measure>[] = []
  for (const member of inSimulator(group)) {
    const { entry } = (await catalogue[member.algorithm]!()) as { entry: CatalogueEntry }
    const runs: Record<string, Compared> = {}
    for (const trial of group.trials(conditions)) {
      const plan = planOf(entry, member, trial, conditions)
      const { conducted, history } = await simulated(plan)
      expect(conducted.failure, `${member.label}, ${trial.name}`).toBeNull()
      runs[trial.name] = { plan, conducted, history, memory: reported(plan, history) }
    }
    all.push({ member, measure: group.measure(runs) })
  }
  return all
}

const measured = (conditions: Conditions) => measuredOf(broadcastGroup, conditions)

/** Table and picture in the documents, as the command writes them. */
function asInDocs<Measure>(
  group: Group<Measure>,
  all: readonly Measured<Measure>[],
  conditions: Conditions,
  name: string,
) {
  const text = readFileSync('docs/compare.md', 'utf8')
  for (const row of group.table(all, conditions).rows) expect(text).toContain(`| ${row.join(' | ')} |`)
  expect(readFileSync(`docs/pictures/compare-${name}.svg`, 'utf8')).toBe(
    lineChart(...group.charts(all, conditions)),
  )
}

const of = (all: readonly Measured<BroadcastMeasure>[], label: string): BroadcastMeasure =>
  all.find(({ member }) => member.label === label)!.measure

describe('compare broadcast', PATIENT, () => {
  const conditions: Conditions = { peers: 25, latencyMs: 100, seed: 1, runtime: 'simulator' }

  test('the figures of flooding are those of its formula', async () => {
    const all = await measured({ ...conditions, peers: 13 })
    const flooding = of(all, 'flooding, four neighbours')
    expect(flooding.messagesPerBroadcast).toBe(2 * 26 - 12)
    expect(flooding.reach).toBe(1)
    expect(of(all, 'flooding, star')).toMatchObject({
      messagesPerBroadcast: 12,
      hops: 2,
      duplicatesPerDelivery: 0,
    })
    expect(flooding.healed.delivered, 'nobody tells anything twice').toBeLessThan(flooding.healed.due)
  })

  test('at 25 processes and 100 ms a hop the bar is met, after a partition too, by any seed', async () => {
    for (const seed of [1, 2, 3]) {
      const star = of(await measured({ ...conditions, seed }), 'plumtree, star')
      expect(star.messagesPerOperation, `seed ${seed}`).toBeLessThanOrEqual(20)
      expect(star.toEveryoneMs!.p50, `seed ${seed}`).toBeLessThan(400)
      expect(star.toEveryoneMs!.max, `seed ${seed}`).toBeLessThan(600)
      expect(star.reach, `seed ${seed}`).toBe(1)
      expect(star.healed.delivered, `seed ${seed}`).toBe(star.healed.due)
    }
  })

  test('a table with a row for each, which names those within the bar; the same picture twice', async () => {
    const [first, again] = [await measured(conditions), await measured(conditions)]
    const table = broadcastGroup.table(first, conditions)
    expect(table.rows).toHaveLength(inSimulator(broadcastGroup).length)
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length)
    expect(table.summary).toContain('plumtree, star')
    expect(table.summary).not.toContain('flooding')
    const picture = lineChart(...broadcastGroup.charts(first, conditions))
    expect(lineChart(...broadcastGroup.charts(again, conditions))).toBe(picture)
    for (const { member } of first) expect(picture).toContain(member.label)
    expect(picture).not.toContain('NaN')
  })

  // npm run testbed -- compare broadcast --peers 25 --latency 100 --svg docs/pictures/compare-broadcast.svg
  test('table and picture of docs/compare.md are those of today', async () => {
    asInDocs(broadcastGroup, await measured(conditions), conditions, 'broadcast')
  })

  test('tables of keys and values: what a request led to is counted, whoever was asked what', async () => {
    const asked: Conditions = { peers: 8, latencyMs: 20, seed: 1, runtime: 'simulator' }
    const [ours] = dhtGroup.members
    const { entry } = (await catalogue[ours!.algorithm]!()) as { entry: CatalogueEntry }
    const runs: Record<string, Compared> = {}
    for (const trial of dhtGroup.trials(asked)) {
      const plan = planOf(entry, ours!, trial, asked)
      const { conducted, history } = await simulated(plan)
      runs[trial.name] = { plan, conducted, history, memory: null }
    }
    const measure = dhtGroup.measure(runs)
    // Seven others are asked who is near and told the value; every question has its answer.
    expect(measure.put).toMatchObject({ messages: 28, succeeded: 8, of: 8, hops: { most: 1 } })
    expect(measure.put.ms!.p50).toBeGreaterThanOrEqual(80)
    expect(measure.get).toMatchObject({ messages: 0, succeeded: 20, of: 20, hops: { most: 0 } })
    expect(measure.crashed).toMatchObject({ succeeded: 20, of: 20 })
    expect(runs.crashed!.history.filter(({ kind }) => kind === 'crash')).toHaveLength(2)
    expect(measure.curve.at(-1)).toEqual([0, 1])
    const all = [{ member: ours!, measure }]
    const table = dhtGroup.table(all, asked)
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length)
    expect(lineChart(...dhtGroup.charts(all, asked))).not.toContain('NaN')
  })

  test('every member of every group is in the catalogue', () => {
    for (const { members } of Object.values(groups)) {
      for (const { algorithm } of members) expect(Object.keys(catalogue)).toContain(algorithm)
    }
  })
})

describe('compare chain', PATIENT, () => {
  const conditions: Conditions = { peers: 12, latencyMs: 100, seed: 1, runtime: 'simulator' }

  // npm run testbed -- compare chain --peers 12 --latency 100 --svg docs/pictures/compare-chain.svg
  test('table and picture of docs/compare.md are those of today', async () => {
    const all = await measuredOf(chainGroup, conditions)
    asInDocs(chainGroup, all, conditions, 'chain')
    const picture = lineChart(...chainGroup.charts(all, conditions))
    expect(picture).not.toContain('NaN')
    expect(picture.match(/<text[^>]*font-size="16"/g)).toHaveLength(2)
  })

  test('forks come with latency, and are as many as the blocks that are found meanwhile', async () => {
    const oneMember = { ...chainGroup, members: chainGroup.members.slice(1, 2) }
    for (const { member, measure } of await measuredOf(oneMember, { ...conditions, seed: 2 })) {
      expect(measure.at(-1)!.agreedMs, member.label).toBeGreaterThan(10 * measure[0]!.agreedMs)
      for (const { latencyMs, orphanRate } of measure) {
        // A block is on its way for 1.64 hops, on average; what is found meanwhile makes a fork.
        const meanwhile = (1.64 * latencyMs) / Number(/\d+/.exec(member.label)![0])
        const lost = meanwhile / (1 + meanwhile)
        expect(orphanRate, `${member.label}, ${latencyMs} ms`).toBeGreaterThan(lost - 0.05)
        expect(orphanRate, `${member.label}, ${latencyMs} ms`).toBeLessThan(lost + 0.15)
      }
    }
  })
})

test('a label is text in the picture, never markup', () => {
  const lines = [
    {
      label: '<script> & "x"',
      points: [
        [0, 0],
        [10, 1],
      ] as const,
    },
  ]
  const picture = lineChart({ title: 'a < b', xLabel: 'ms', yLabel: 'share', lines })
  expect(picture).not.toContain('<script>')
  expect(picture).toContain('&#60;script&#62; &#38; &#34;x&#34;')
})
