/** Messages one way over one channel, a request and a step each, recorded. */
import { answer, stayAwake, task } from '../answer.ts'
import { notes } from './algorithms.ts'
import { prepare, runKept, type Transport } from './traffic.ts'

const { transport, messages } = task<{ transport: Transport; messages: number }>()
stayAwake()
const ran = await runKept(await prepare(notes(messages), 2, transport))
answer({
  figures: { perSecond: (ran.messages / ran.ms) * 1000, ms: ran.ms },
  work: { messages: ran.messages, bytes: ran.bytes },
})
