/** Every entry of the catalogue, ready to be planned. */
import { catalogue, SIMULATED } from '../../src/algorithms/index.ts'
import { type Plan, planRun } from '../../src/harness/plan.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { SEED } from './arms.ts'

async function load(name: string): Promise<CatalogueEntry> {
  const { entry } = await catalogue[name]!()
  return 'over' in entry ? entry.upon(await load(entry.over)) : entry
}

/** Not libp2p's own services: the contract is of what runs on both. */
export const entries: readonly (readonly [string, () => Promise<CatalogueEntry>])[] = SIMULATED.map(
  (name) => [name, () => load(name)],
)

/** As many processes as an entry may like; most like any. */
const SIZES = [5, 4, 3, 7, 8, 6, 2, 9]

export async function planOf(entry: CatalogueEntry, runtime: 'libp2p' | 'simulator'): Promise<Plan> {
  const options = Object.fromEntries(
    Object.entries(entry.options).map(([name, of]) => [name, (of as any).default]),
  )
  for (const n of SIZES) {
    const topology = buildTopology(entry.topology.default, n, SEED)
    if (entry.topology.fits(topology.places) !== null) continue
    return planRun({ entry, options, topology, runtime, seed: SEED, broken: [], requests: [] })
  }
  throw new Error(`${entry.name} fits no topology of ${SIZES.join(', ')} processes`)
}
