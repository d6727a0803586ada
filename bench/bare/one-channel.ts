/** Messages one way over one stream, written and read one by one. */
import { lpStream } from '@libp2p/utils'
import { answer, stayAwake, task } from '../answer.ts'
import { bytesOf, NOTE } from '../payload.ts'
import { createAll, linkAll, openChannel, type Transport } from './hosts.ts'

const { transport, messages } = task<{ transport: Transport; messages: number }>()
stayAwake()
const bare = await createAll(2, transport)
await linkAll(bare)
const writer = lpStream(await openChannel(bare, 0, 1))
const reader = lpStream(bare.inbound[0]!.stream)
const payload = bytesOf(NOTE)
let bytes = 0

async function readAll(): Promise<void> {
  for (let i = 0; i < messages; i++) {
    const { byteLength } = await reader.read()
    bytes += byteLength
  }
}

const beganMs = performance.now()
const reading = readAll()
for (let i = 0; i < messages; i++) await writer.write(payload)
await reading
const ms = performance.now() - beganMs
const perSecond = (messages / ms) * 1000
// Nothing is stored: to have it delivered is all there is.
answer({ figures: { perSecond, storedPerSecond: perSecond, ms }, work: { messages, bytes } })
