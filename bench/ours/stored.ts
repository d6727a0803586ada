/** Messages one way over one channel, until the server, and where asked an OTLP sink, has every hop. */
import { answer, stayAwake, task } from '../answer.ts'
import { notes } from './algorithms.ts'
import { type Sink, startSink } from './start-sink.ts'
import { runStored, type Transport } from './traffic.ts'

const { transport, messages, how, otlp } = task<{
  transport: Transport
  messages: number
  how: 'bare' | 'whole'
  otlp: boolean
}>()
stayAwake()
const sink: Sink | null = otlp ? await startSink() : null
const ran = await runStored({ entry: notes(messages), hosts: 2, transport }, how, sink?.endpoint ?? null)
const arrived = await sink?.stop()
const [own, other] = ran.sinks
const kept = other ?? own!
// By the sinks' own books and by what is there: the fewer counts.
const here = Math.min(ran.spans, own!.accepted)
const there = arrived === undefined ? Number.POSITIVE_INFINITY : Math.min(arrived, other?.accepted ?? 0)
const lost = Math.max(own!.made, other?.made ?? 0) - Math.min(here, there)
answer({
  figures: {
    perSecond: (ran.messages / ran.ms) * 1000,
    storedPerSecond: (ran.messages / ran.storedMs) * 1000,
    spansPerSecond: (kept.accepted / ran.storedMs) * 1000,
    lost,
  },
  work: { messages: ran.messages, bytes: ran.bytes },
})
