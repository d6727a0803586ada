/** A plan run on real hosts, from beginning to end, with all that it left: for comparisons and tests. */
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import { Mesh, type MeshOptions } from '../runtimes/libp2p/mesh.ts'
import { runOnMesh } from '../runtimes/libp2p/run.ts'
import { openServiceMesh } from '../runtimes/libp2p/services/index.ts'
import { runServiceOnMesh } from '../runtimes/libp2p/services/run.ts'
import type { Block } from '../trace-format/events.ts'
import { type Conducted, conduct, type Execute } from './conduct.ts'
import { historyOf } from './history.ts'
import type { Plan } from './plan.ts'

export interface Hosted {
  readonly plan: Plan
  readonly conducted: Conducted
  readonly blocks: readonly Block[]
  readonly history: readonly HistoryEvent<Signature>[]
}

/** No trace is sent of it, and no run kept. */
const TAG = '0000000000000001'

export async function hosted(
  plan: Plan,
  { signal, ...carried }: Pick<MeshOptions, 'transport' | 'security'> & { readonly signal: AbortSignal },
): Promise<Hosted> {
  const { entry, seed, topology, experiment } = plan
  const { ids, links } = topology
  const blocks: Block[] = []
  const identity = { id: `${entry.name}-${seed}`, tag: TAG, runtime: 'libp2p', peerIds: [], command: '' }
  const hosts = { ids, seed, signal, ...carried }
  const run = (execute: Execute) =>
    conduct(plan, identity, execute, { begin: () => {}, block: (block) => void blocks.push(block) })
  const { service } = experiment
  if (service === undefined) {
    const mesh = await Mesh.open({ ...hosts, links })
    const conducted = await run((given, hooks) => runOnMesh(mesh, given, { ...hooks, signal })).finally(() =>
      mesh.close(),
    )
    return { plan, conducted, blocks, history: historyOf(blocks, ids) }
  }
  const { mesh, tap } = await openServiceMesh(hosts, service)
  const conducted = await run((given, hooks) =>
    runServiceOnMesh(mesh, tap, given, { ...hooks, signal }),
  ).finally(() => mesh.close())
  return { plan, conducted, blocks, history: historyOf(blocks, ids) }
}
