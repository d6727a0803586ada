/** What can be compared, by name. */
import type { Group } from './compare.ts'
import { broadcastGroup } from './compare-broadcast.ts'
import { chainGroup } from './compare-chain.ts'
import { dhtGroup } from './compare-dht.ts'

export const groups: Readonly<Record<string, Group>> = {
  broadcast: broadcastGroup,
  chain: chainGroup,
  dht: dhtGroup,
}
