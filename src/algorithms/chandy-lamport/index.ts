import { UsageError } from '../../lib/usage-error.ts'
import type { CatalogueEntry, SmallScope, Superposition } from '../../model/catalogue.ts'
import type { ProcessId, Signature } from '../../model/process.ts'
import { optional, positive, processId, type Shapes, tagged, text } from '../../model/shape.ts'
import { isStronglyConnected } from '../../topology/predicates.ts'
import { chandyLamport, type Snapshotting } from './chandy-lamport.ts'
import { snapshotProperties } from './checker.ts'
import { snapshotReport } from './report.ts'

interface Options {
  snapshots: number
  initiator: ProcessId | null
}

/** When the snapshots are asked for: late enough that the underlying algorithm is busy. */
const SNAPSHOT_AT_MS = 60

const snapshotId = text(40)

export const entry: Superposition = {
  name: 'chandy-lamport',
  summary: 'a consistent global snapshot of another algorithm while it runs',
  over: 'bank',

  upon(basic): CatalogueEntry<Snapshotting<Signature>, Options & Record<string, unknown>> {
    const conserves = (options: Record<string, unknown>) => basic.conserves?.(options) ?? null
    const carried = <E extends { type: string }>(shapes: Shapes<E>) => tagged(shapes) as never
    return {
      name: entry.name,
      summary: `${entry.summary}; here of ${basic.name}`,
      beneath: basic.name,
      options: {
        ...basic.options,
        snapshots: { shape: positive, default: 1, help: 'how many snapshots are taken at once' },
        initiator: {
          shape: optional(processId),
          default: null,
          help: 'who begins; without it p01, and for more than one snapshot drawn by the seed',
        },
      },
      make: (options) => chandyLamport(basic.make(options)),
      assumes: { ...basic.assumes, fifo: true, reliable: true, noDuplicates: true, crashes: 'none' },
      topology: {
        default: basic.topology.default,
        fits: (places) =>
          basic.topology.fits(places) ??
          (places.length < 2 || !isStronglyConnected(places)
            ? 'markers must reach every process: it takes a strongly connected topology of two or more'
            : null),
      },
      streams: 'channel',
      channels: 'fixed',
      shapes: {
        request: { takeSnapshot: { id: snapshotId }, basic: { request: carried(basic.shapes.request) } },
        message: { marker: { id: snapshotId }, basic: { message: carried(basic.shapes.message) } },
        timer: { basic: { timer: carried(basic.shapes.timer) } },
      },
      ...(basic.faults === undefined ? {} : { faults: basic.faults }),
      workload(random, places, options) {
        const ids = places.map(({ self }) => self)
        const { initiator, snapshots } = options
        if (initiator !== null && !ids.includes(initiator)) {
          throw new UsageError(`--initiator ${initiator}: the processes are ${ids[0]} … ${ids.at(-1)}`)
        }
        const asked = basic
          .workload(random, places, options)
          .map(({ request, ...rest }) => ({ ...rest, request: { type: 'basic' as const, request } }))
        const begin = (i: number) => ({
          to: initiator ?? (snapshots === 1 ? ids[1]! : random.pick(ids)),
          request: { type: 'takeSnapshot' as const, id: `s${i + 1}` },
          atMs: SNAPSHOT_AT_MS,
        })
        return [...asked, ...Array.from({ length: snapshots }, (_, i) => begin(i))]
      },
      properties: (options) =>
        snapshotProperties(conserves(options), { name: basic.name, promises: basic.properties(options) }),
      report: (options) => snapshotReport(conserves(options)),
      ends: basic.ends,
      ...(basic.smallScope === undefined ? {} : { smallScope: scopeOver(basic.smallScope) }),
    }
  },
}

/** What the algorithm beneath may be asked, and one snapshot, begun at any moment. */
function scopeOver({
  inputs,
  within,
  ...rest
}: SmallScope<Signature, any>): SmallScope<Snapshotting<Signature>, any> {
  return {
    ...rest,
    inputs: (places, options) => [
      ...inputs(places, options).map(({ at, times, requests }) => ({
        at,
        times,
        requests: ({ basic }: Snapshotting<Signature>['state']) =>
          requests(basic).map((request) => ({ type: 'basic' as const, request })),
      })),
      { at: places[0]!.self, times: 1, requests: () => [{ type: 'takeSnapshot' as const, id: 's' }] },
    ],
    ...(within === undefined ? {} : { within: ({ basic }) => within(basic) }),
  }
}
