/** There and back on one stream: the next goes when the last has come. */
import { lpStream } from '@libp2p/utils'
import { answer, stayAwake, task } from '../answer.ts'
import { bytesOf, PING, PONG } from '../payload.ts'
import { createAll, linkAll, openChannel, type Transport } from './hosts.ts'

const { transport, trips } = task<{ transport: Transport; trips: number }>()
stayAwake()
const bare = await createAll(2, transport)
await linkAll(bare)
const asking = lpStream(await openChannel(bare, 0, 1))
const answering = lpStream(bare.inbound[0]!.stream)
const [ping, pong] = [bytesOf(PING), bytesOf(PONG)]
let bytes = 0

async function answerAll(): Promise<void> {
  for (let i = 0; i < trips; i++) {
    const { byteLength } = await answering.read()
    bytes += byteLength
    await answering.write(pong)
  }
}

const beganMs = performance.now()
const answers = answerAll()
for (let i = 0; i < trips; i++) {
  await asking.write(ping)
  const { byteLength } = await asking.read()
  bytes += byteLength
}
await answers
const ms = performance.now() - beganMs
answer({ figures: { microseconds: (ms * 1000) / trips }, work: { trips, bytes } })
