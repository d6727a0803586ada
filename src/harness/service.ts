/** A plan whose processes are a service of libp2p's own: what of an asking it takes, and what not. */
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import type { FaultPlan, PlannedEvent } from '../model/fault.ts'
import { ownedByLibp2p } from '../model/service.ts'
import type { Experiment } from '../runtimes/experiment.ts'

/** What of an asking decides. */
interface Asking {
  readonly entry: CatalogueEntry
  readonly options: Readonly<Record<string, unknown>>
  readonly runtime: 'libp2p' | 'simulator'
  readonly streams?: 'channel' | 'exchange'
  readonly broken: readonly string[]
}

/** Who runs: the entry's algorithm, or the service in its place. */
export function played({ entry, options, runtime }: Asking): Pick<Experiment<any>, 'algorithm' | 'service'> {
  const { service } = entry
  if (service === undefined || runtime === 'simulator') return { algorithm: entry.make(options) }
  const { name, settings } = service
  const refused = ownedByLibp2p(name) // nobody calls these
  return { algorithm: { initial: refused, upon: refused }, service: { name, settings: settings(options) } }
}

const OURS: readonly PlannedEvent['kind'][] = ['pause', 'resume', 'slow', 'clock']

/** What can be done to messages and hosts of a service, and what not: its clock and its steps are its own. */
export function checkService({ entry, runtime, streams, broken }: Asking, plan: FaultPlan): void {
  if (entry.service === undefined || runtime === 'simulator') return
  const { timed, liars } = plan
  const fault = timed.find(({ kind }) => OURS.includes(kind)) ?? liars?.[0]
  if (fault !== undefined) {
    throw new UsageError(
      `${fault.text}: ${entry.name} is a service of libp2p's own, with its own clock and its own steps; ` +
        'latency, jitter, loss, cut, partition and crash it takes',
    )
  }
  if (streams !== undefined || broken.includes('fifo'))
    throw new UsageError(`--streams, --break fifo: ${entry.name} opens its own streams; leave them out`)
}
