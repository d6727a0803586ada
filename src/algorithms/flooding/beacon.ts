import type { Report, Table } from '../../model/catalogue.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { messagesOf } from './checker.ts'
import type { Flooding } from './flooding.ts'

/** What one rumour did, as a beacon switched on at its initiator would show it. */
interface Beacon {
  readonly from: ProcessId
  readonly beganNs: number
  readonly heard: Map<ProcessId, { afterMs: number; hops: number; copies: number }>
  messages: number
}

interface Memory {
  readonly places: readonly Place[]
  readonly beacons: Map<string, Beacon>
}

/** Who got each rumour, when, after how many hops, and with how many duplicates. */
export const beaconReport: Report<Flooding, Memory> = {
  initial: (places) => ({ places, beacons: new Map() }),
  upon({ beacons }, event) {
    if (event.kind === 'request' && !beacons.has(event.request.id)) {
      const { at: from, timeNs: beganNs } = event
      beacons.set(event.request.id, { from, beganNs, heard: new Map(), messages: 0 })
    }
    if (event.kind === 'send') {
      const beacon = beacons.get(event.message.id)
      if (beacon) beacon.messages++
    }
    if (event.kind === 'indicate') {
      const { id, hops } = event.indication
      const beacon = beacons.get(id)
      const afterMs = (event.timeNs - (beacon?.beganNs ?? 0)) / 1e6
      beacon?.heard.set(event.at, { afterMs, hops, copies: hops === 0 ? 0 : 1 })
    }
    if (event.kind === 'deliver') {
      const at = beacons.get(event.message.id)?.heard.get(event.at)
      if (at) at.copies++ // the first copy comes before its indication, and is counted there
    }
  },
  tables: ({ places, beacons }) => [...beacons].map(([id, beacon]) => tableOf(id, beacon, places)),
}

function tableOf(id: string, { from, heard, messages }: Beacon, places: readonly Place[]): Table {
  const rows = [...heard]
    .sort(([a, x], [b, y]) => x.afterMs - y.afterMs || (a < b ? -1 : 1))
    .map(([process, { afterMs, hops, copies }]) => [
      process,
      afterMs.toFixed(2),
      hops,
      Math.max(0, hops === 0 ? copies : copies - 1),
    ])
  const last = Math.max(...[...heard.values()].map(({ afterMs }) => afterMs))
  return {
    title: `Beacon ${id}, from ${from}`,
    columns: ['process', 'after ms', 'hops', 'duplicates'],
    rows,
    summary:
      `${heard.size} of ${places.length} reached in ${last.toFixed(1)} ms with ${messages} messages; ` +
      `2|E| − (n − 1) = ${messagesOf(places)}`,
  }
}
