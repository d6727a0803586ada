/** Every host writes to every other, all streams at once, each message by itself. */
import { lpStream } from '@libp2p/utils'
import { answer, stayAwake, task } from '../answer.ts'
import { bytesOf, NOTE } from '../payload.ts'
import { createAll, linkAll, openAll, type Transport } from './hosts.ts'

const { transport, hosts, each } = task<{ transport: Transport; hosts: number; each: number }>()
stayAwake()
const bare = await createAll(hosts, transport)
await linkAll(bare)
const writers = (await openAll(bare)).flatMap((row) => row.filter(Boolean).map((stream) => lpStream(stream)))
const readers = bare.inbound.map(({ stream }) => lpStream(stream))
const payload = bytesOf(NOTE)
let messages = 0
let bytes = 0

async function readAll(reader: ReturnType<typeof lpStream>): Promise<void> {
  for (let i = 0; i < each; i++) {
    const { byteLength } = await reader.read()
    bytes += byteLength
    messages++
  }
}

async function writeAll(writer: ReturnType<typeof lpStream>): Promise<void> {
  for (let i = 0; i < each; i++) await writer.write(payload)
}

const beganMs = performance.now()
await Promise.all([...readers.map(readAll), ...writers.map(writeAll)])
const ms = performance.now() - beganMs
answer({ figures: { perSecond: (messages / ms) * 1000, ms }, work: { messages, bytes } })
