import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry, Report, Table } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { natural, optional, positive, processId } from '../../model/shape.ts'
import { pingPongProperties } from './checker.ts'
import { type PingPong, pingPong } from './ping-pong.ts'

interface Options {
  pings: number
  target: ProcessId | null
}

/** Between one ping and the next, so that a person can tell them apart in the picture. */
const PAUSE_MS = 10

export const entry: CatalogueEntry<PingPong, Options> = {
  name: 'ping-pong',
  summary: 'p00 opens a stream to another process, sends a ping, gets a pong, hangs up',
  options: {
    pings: { shape: positive, default: 1, help: 'how many pings p00 sends, one after another' },
    target: {
      shape: optional(processId),
      default: null,
      help: 'whom p00 pings; without it one drawn by the seed',
    },
  },
  make: () => pingPong,
  assumes: { fifo: false, reliable: true, noDuplicates: false, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) => (places.length >= 2 ? null : 'it takes two processes to play; use --peers 2 or more'),
  },
  streams: 'exchange',
  channels: 'on demand',
  shapes: {
    request: { ping: { target: processId } },
    message: { ping: { id: natural }, pong: { id: natural } },
    timer: {},
  },
  workload(random, places, { pings, target }) {
    const [first, ...others] = places.map(({ self }) => self) as [ProcessId, ...ProcessId[]]
    if (target !== null && !others.includes(target)) {
      throw new UsageError(`--target ${target}: p00 can ping ${others[0]} … ${others.at(-1)}`)
    }
    return Array.from({ length: pings }, (_, i) => ({
      to: first,
      request: { type: 'ping', target: target ?? random.pick(others) },
      atMs: i * PAUSE_MS,
    }))
  },
  properties: pingPongProperties,
  report: () => roundTrips,
  ends: 'quiescent',
  // It cannot be explored, for it reads its clock; this is how far it would go.
  smallScope: {
    peers: 2,
    inputs: ([first, second]) => [
      { at: first!.self, times: 1, requests: () => [{ type: 'ping' as const, target: second!.self }] },
    ],
  },
}

const roundTrips: Report<PingPong, { rows: Table['rows'][number][] }> = {
  initial: () => ({ rows: [] }),
  upon({ rows }, event) {
    if (event.kind !== 'indicate') return
    const { target, id, roundTripMs } = event.indication
    rows.push([`${event.at} → ${target}`, id, roundTripMs.toFixed(3)])
  },
  tables: ({ rows }) => [{ title: 'Round trips', columns: ['ping', 'id', 'ms'], rows }],
}
