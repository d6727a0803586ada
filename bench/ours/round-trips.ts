/** There and back on two long-lived channels, recorded. */
import { answer, stayAwake, task } from '../answer.ts'
import { roundTrips } from './algorithms.ts'
import { prepare, runKept, type Transport } from './traffic.ts'

const { transport, trips } = task<{ transport: Transport; trips: number }>()
stayAwake()
const { messages, bytes, ms } = await runKept(await prepare(roundTrips(trips), 2, transport))
answer({ figures: { microseconds: (ms * 1000) / trips }, work: { trips: messages / 2, bytes } })
