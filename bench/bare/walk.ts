/** Tokens that walk: whoever gets one sends it on to a host drawn at random, until it has no hop left. */
import { lpStream } from '@libp2p/utils'
import { answer, stayAwake, task } from '../answer.ts'
import { bytesOf, LAST_HOP, LEFT_AT, token } from '../payload.ts'
import { createAll, linkAll, openAll, type Transport } from './hosts.ts'

const { transport, hosts, tokens, hops } = task<{
  transport: Transport
  hosts: number
  tokens: number
  hops: number
}>()
stayAwake()
const bare = await createAll(hosts, transport)
await linkAll(bare)
const writers = (await openAll(bare)).map((row) => row.map((stream) => lpStream(stream)))
const done = Promise.withResolvers<void>()
const messages = tokens * hops
let delivered = 0
let bytes = 0

function send(from: number, left: number): Promise<void> {
  const to = (from + 1 + Math.floor(Math.random() * (hosts - 1))) % hosts
  const payload = Buffer.from(blank)
  payload.write(String(left), LEFT_AT, 'latin1')
  return writers[from]![to]!.write(payload)
}

async function passOn(at: number, reader: ReturnType<typeof lpStream>): Promise<void> {
  for (;;) {
    const payload = (await reader.read()).subarray()
    delivered++
    bytes += payload.byteLength
    if (delivered === messages) done.resolve()
    const left = digits(payload)
    if (left > LAST_HOP) await send(at, left - 1)
  }
}

/** Three of them; a text only for these would cost more than the token. */
const digits = (payload: Uint8Array) =>
  (payload[LEFT_AT]! - 48) * 100 + (payload[LEFT_AT + 1]! - 48) * 10 + (payload[LEFT_AT + 2]! - 48)

const blank = bytesOf(token(LAST_HOP))
const beganMs = performance.now()
for (const { to, stream } of bare.inbound) passOn(to, lpStream(stream)).catch(done.reject)
for (let i = 0; i < tokens; i++) send(i % hosts, LAST_HOP + hops - 1).catch(done.reject)
await done.promise
const ms = performance.now() - beganMs
answer({ figures: { perSecond: (messages / ms) * 1000, ms }, work: { messages: delivered, bytes } })
