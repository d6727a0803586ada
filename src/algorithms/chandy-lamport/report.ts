import { brief } from '../../lib/brief.ts'
import type { Conserved, Report, Table } from '../../model/catalogue.ts'
import type { ProcessId, Signature } from '../../model/process.ts'
import type { LocalSnapshot, SnapshotId, Snapshotting } from './chandy-lamport.ts'

interface Part {
  readonly process: ProcessId
  readonly snapshot: LocalSnapshot<Signature>
}

interface Memory {
  readonly processes: number
  readonly snapshots: Map<SnapshotId, Part[]>
}

/** The global snapshot, put together from what the processes indicate: the harness is the collector. */
export const snapshotReport = (
  conserves: Conserved<Signature> | null,
): Report<Snapshotting<Signature>, Memory> => ({
  initial: (places) => ({ processes: places.length, snapshots: new Map() }),
  upon({ snapshots }, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'completed') return
    const { id, snapshot } = event.indication
    const parts = snapshots.get(id) ?? []
    parts.push({ process: event.at, snapshot })
    snapshots.set(id, parts)
  },
  tables: ({ processes, snapshots }) =>
    [...snapshots].map(([id, parts]) =>
      conserves ? ledger(id, parts, processes, conserves) : states(id, parts),
    ),
})

/** What each process holds and what is in transit towards it, and the sum of all. */
function ledger(id: SnapshotId, parts: Part[], processes: number, conserves: Conserved<Signature>): Table {
  const { name, inState, inMessage, inAll } = conserves
  const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)
  const rows = sorted(parts).map(({ process, snapshot }) => {
    const held = inState(snapshot.processState)
    const channels = Object.entries(snapshot.channelStates).filter(([, messages]) => messages.length > 0)
    const arriving = sum(channels.flatMap(([, messages]) => messages.map(inMessage)))
    const from = channels.map(([sender, messages]) => `${sender}: ${messages.map(inMessage).join('+')}`)
    return [process, held, arriving, from.join('  ')] as const
  })
  const [held, arriving] = [sum(rows.map((row) => row[1])), sum(rows.map((row) => row[2]))]
  const missing = processes - parts.length
  const all = `${held + arriving} of ${inAll(processes)}`
  return {
    title: `Snapshot ${id}`,
    columns: ['process', name, 'in transit', 'on the channels from'],
    rows,
    summary:
      `${held} ${name} in the processes + ${arriving} in transit = ${all}` +
      (missing > 0 ? `; ${missing} processes have not completed` : ''),
  }
}

function states(id: SnapshotId, parts: Part[]): Table {
  const rows = sorted(parts).map(({ process, snapshot }) => {
    const inTransit = Object.entries(snapshot.channelStates).flatMap(([sender, messages]) =>
      messages.map((message) => `${sender}: ${message.type}`),
    )
    return [process, brief(snapshot.processState), inTransit.join('  ')]
  })
  return { title: `Snapshot ${id}`, columns: ['process', 'state', 'in transit'], rows }
}

const sorted = (parts: readonly Part[]) => [...parts].sort((a, b) => (a.process < b.process ? -1 : 1))
