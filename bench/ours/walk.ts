/** Tokens that walk, recorded. */
import { answer, stayAwake, task } from '../answer.ts'
import { walk } from './algorithms.ts'
import { prepare, runKept, type Transport } from './traffic.ts'

const { transport, hosts, tokens, hops } = task<{
  transport: Transport
  hosts: number
  tokens: number
  hops: number
}>()
stayAwake()
const { messages, bytes, ms } = await runKept(await prepare(walk(tokens / hosts, hops), hosts, transport))
answer({ figures: { perSecond: (messages / ms) * 1000, ms }, work: { messages, bytes } })
