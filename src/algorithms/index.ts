/** The catalogue. An entry is loaded when it is asked for. */
import type { CatalogueEntry, Superposition } from '../model/catalogue.ts'

type Module = { readonly entry: CatalogueEntry | Superposition }

export const catalogue: Readonly<Record<string, () => Promise<Module>>> = {
  'abd-register': () => import('./abd-register/index.ts'),
  bank: () => import('./bank/index.ts'),
  blockchain: () => import('./blockchain/index.ts'),
  'causal-broadcast': () => import('./causal-broadcast/index.ts'),
  'chandy-lamport': () => import('./chandy-lamport/index.ts'),
  'chang-roberts': () => import('./chang-roberts/index.ts'),
  echo: () => import('./echo/index.ts'),
  flooding: () => import('./flooding/index.ts'),
  gossip: () => import('./gossip/index.ts'),
  gossipsub: () => import('./gossipsub/index.ts'),
  heartbeat: () => import('./heartbeat/index.ts'),
  'kad-dht': () => import('./kad-dht/index.ts'),
  kademlia: () => import('./kademlia/index.ts'),
  'lamport-mutex': () => import('./lamport-mutex/index.ts'),
  membership: () => import('./membership/index.ts'),
  'ping-pong': () => import('./ping-pong/index.ts'),
  plumtree: () => import('./plumtree/index.ts'),
  'reliable-broadcast': () => import('./reliable-broadcast/index.ts'),
  'ricart-agrawala': () => import('./ricart-agrawala/index.ts'),
  safra: () => import('./safra/index.ts'),
  'total-order': () => import('./total-order/index.ts'),
  'two-phase-commit': () => import('./two-phase-commit/index.ts'),
}

/** Of these, libp2p's own services: they run on its hosts alone. */
export const SERVICES: readonly string[] = ['gossipsub', 'kad-dht']

/** All others: they run in virtual time as well. */
export const SIMULATED = Object.keys(catalogue).filter((name) => !SERVICES.includes(name))

/** What runs when nobody says what. */
export const DEFAULT_ALGORITHMS: readonly string[] = ['ping-pong', 'chandy-lamport']
