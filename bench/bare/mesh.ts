/** Hosts, each linked with each, verified at both ends; and a stream each way between every two. */
import { answer, stayAwake, task } from '../answer.ts'
import { createAll, linkAll, openAll, type Transport } from './hosts.ts'

const { hosts, transport, channels } = task<{ hosts: number; transport: Transport; channels: boolean }>()
stayAwake()
const beganMs = performance.now()
const bare = await createAll(hosts, transport)
const links = await linkAll(bare)
const meshMs = performance.now() - beganMs
if (channels) await openAll(bare)
const channelsMs = performance.now() - beganMs - meshMs
answer({ figures: { meshMs, channelsMs }, work: { links, channels: bare.inbound.length } })
