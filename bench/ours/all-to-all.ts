/** Every process sends to every other, a request and a step each, recorded. */
import { answer, stayAwake, task } from '../answer.ts'
import { notes } from './algorithms.ts'
import { prepare, runKept, type Transport } from './traffic.ts'

const { transport, hosts, each } = task<{ transport: Transport; hosts: number; each: number }>()
stayAwake()
const { messages, bytes, ms } = await runKept(await prepare(notes(each), hosts, transport))
answer({ figures: { perSecond: (messages / ms) * 1000, ms }, work: { messages, bytes } })
