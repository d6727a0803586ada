/** What can be compared, by name. */
import type { Group } from './compare.ts'
import { broadcastGroup } from './compare-broadcast.ts'
import { dhtGroup } from './compare-dht.ts'

export const groups: Readonly<Record<string, Group>> = { broadcast: broadcastGroup, dht: dhtGroup }
