/**
 * The beacon: what a broadcast does, as a light switched on at its initiator would show it. Who got
 * it, when, after how many hops, and what it cost. No promise; a report for every algorithm that
 * broadcasts, and the figures by which they are compared.
 */
import type { Report, Table } from '../model/catalogue.ts'
import type { HistoryEvent } from '../model/history.ts'
import type { Place, ProcessId, Signature } from '../model/process.ts'

export interface Beacons<S extends Signature> {
  /** The broadcast that a request begins, and that an indication delivers. */
  readonly broadcasts: (event: HistoryEvent<S>) => string | null
  readonly delivers: (event: HistoryEvent<S>) => string | null
  /** The broadcasts that travel in a message whole, not as a name alone. */
  readonly carries: (message: S['message']) => readonly string[]
  /** A word on what it should have cost, for the summary of a broadcast. */
  readonly remark?: (places: readonly Place[]) => string
}

interface Heard {
  readonly hops: number // of the first copy
  copies: number // that came
  afterMs: number | null // until it was delivered
}

interface Beacon {
  readonly from: ProcessId
  readonly beganNs: number
  readonly heard: Map<ProcessId, Heard>
  carriers: number // messages that carried it
}

export interface BeaconMemory {
  readonly places: readonly Place[]
  readonly beacons: Map<string, Beacon>
  messages: number // of all kinds, since the first broadcast
}

/** More than that, and a table with a row for each process is nothing that anybody reads. */
const ROWS_MAX = 50
const TABLES_MAX = 4

export const beaconReport = <S extends Signature>(of: Beacons<S>): Report<S, BeaconMemory> => ({
  initial: (places) => ({ places, beacons: new Map(), messages: 0 }),
  upon(memory, event) {
    const { beacons } = memory
    const began = of.broadcasts(event)
    if (began !== null && !beacons.has(began)) {
      const { at: from, timeNs: beganNs } = event
      const heard = new Map([[from, { hops: 0, copies: 1, afterMs: null }]]) // it has it from itself
      beacons.set(began, { from, beganNs, heard, carriers: 0 })
    }
    const got = of.delivers(event)
    const beacon = got === null ? undefined : beacons.get(got)
    if (beacon !== undefined) {
      const own = beacon.heard.get(event.at)
      if (own) own.afterMs ??= (event.timeNs - beacon.beganNs) / 1e6
    }
    if (event.kind === 'send' && beacons.size > 0) memory.messages++ // and not what it takes to join
    if (event.kind !== 'send' && event.kind !== 'deliver') return
    for (const id of of.carries(event.message)) {
      const carried = beacons.get(id)
      if (carried === undefined) continue
      if (event.kind === 'send') carried.carriers++
      else hear(carried, event.at, event.from)
    }
  },
  tables: (memory) => tablesOf(memory, of.remark?.(memory.places)),
})

/** Whoever sent it had it: one hop more than there. */
function hear({ heard }: Beacon, at: ProcessId, from: ProcessId): void {
  const own = heard.get(at)
  if (own) own.copies++
  else heard.set(at, { hops: (heard.get(from)?.hops ?? 0) + 1, copies: 1, afterMs: null })
}

/** Those that delivered, the quickest first. */
const delivered = ({ heard }: Beacon): [ProcessId, Heard & { afterMs: number }][] =>
  [...heard]
    .filter((pair): pair is [ProcessId, Heard & { afterMs: number }] => pair[1].afterMs !== null)
    .sort(([a, x], [b, y]) => x.afterMs - y.afterMs || (a < b ? -1 : 1))

const duplicates = ({ heard }: Beacon): number =>
  [...heard.values()].reduce((sum, { copies }) => sum + copies - 1, 0)

function tablesOf(memory: BeaconMemory, remark: string | undefined): Table[] {
  const { places, beacons, messages } = memory
  const few = places.length <= ROWS_MAX && beacons.size <= TABLES_MAX
  if (few) return [...beacons].map(([id, beacon]) => tableOf(id, beacon, places.length, remark))
  const each = [...beacons].slice(0, ROWS_MAX).map(([id, beacon]) => {
    const those = delivered(beacon)
    const after = (share: number) =>
      those[Math.ceil(share * places.length) - 1]?.[1].afterMs.toFixed(1) ?? '–'
    const hops = Math.max(0, ...those.map(([, own]) => own.hops))
    const each = (duplicates(beacon) / Math.max(1, those.length)).toFixed(2)
    return [id, beacon.from, those.length, after(0.5), after(0.9), after(1), hops, each, beacon.carriers]
  })
  const more = beacons.size > ROWS_MAX ? `the first ${ROWS_MAX} of ${beacons.size} broadcasts; ` : ''
  const cost = (messages / Math.max(1, beacons.size)).toFixed(1)
  const also = remark === undefined ? '' : `; ${remark}`
  return [
    {
      title: `Beacons, ${places.length} processes`,
      columns: [
        'broadcast',
        'from',
        'reached',
        '50% ms',
        '90% ms',
        'all ms',
        'hops',
        'dupl. each',
        'carriers',
      ],
      rows: each,
      summary: `${more}${cost} messages of all kinds per broadcast${also}`,
    },
  ]
}

function tableOf(id: string, beacon: Beacon, processes: number, remark: string | undefined): Table {
  const those = delivered(beacon)
  const rows = those.map(([process, { afterMs, hops, copies }]) => [
    process,
    afterMs.toFixed(2),
    hops,
    copies - 1,
  ])
  const last = those.at(-1)?.[1].afterMs.toFixed(1) ?? '–'
  const also = remark === undefined ? '' : `; ${remark}`
  return {
    title: `Beacon ${id}, from ${beacon.from}`,
    columns: ['process', 'after ms', 'hops', 'duplicates'],
    rows,
    summary: `${those.length} of ${processes} reached in ${last} ms with ${beacon.carriers} messages${also}`,
  }
}

/** All broadcasts of a run together. */
export interface BeaconFigures {
  readonly broadcasts: number
  readonly messagesPerBroadcast: number // of all kinds
  readonly latenciesMs: readonly number[] // of each delivery but the initiator's own, ascending
  readonly toEveryoneMs: readonly number[] // of each broadcast that reached all, ascending
  readonly duplicatesPerDelivery: number
  readonly hopsMax: number
  readonly delivered: number // of broadcasts × processes
  readonly due: number
}

export function beaconFigures({ places, beacons, messages }: BeaconMemory): BeaconFigures {
  const all = [...beacons.values()]
  const those = all.map((beacon) => ({ beacon, reached: delivered(beacon) }))
  const others = those.flatMap(({ beacon: { from }, reached }) => reached.filter(([who]) => who !== from))
  const count = those.reduce((sum, { reached }) => sum + reached.length, 0)
  const whole = those.filter(({ reached }) => reached.length === places.length)
  return {
    broadcasts: all.length,
    messagesPerBroadcast: messages / Math.max(1, all.length),
    latenciesMs: others.map(([, { afterMs }]) => afterMs).sort((a, b) => a - b),
    toEveryoneMs: whole.map(({ reached }) => reached.at(-1)![1].afterMs).sort((a, b) => a - b),
    duplicatesPerDelivery: all.reduce((sum, beacon) => sum + duplicates(beacon), 0) / Math.max(1, count),
    hopsMax: others.reduce((most, [, { hops }]) => Math.max(most, hops), 0),
    delivered: count,
    due: all.length * places.length,
  }
}
