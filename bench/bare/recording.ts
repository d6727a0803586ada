/** What one would write down of an event without columns: an object in a list. */
import { answer, task } from '../answer.ts'
import { NOTE } from '../payload.ts'

const { events } = task<{ events: number }>()
const list: object[] = []
const payload = JSON.stringify(NOTE)
const beganMs = performance.now()
for (let i = 0; i < events; i++) {
  const [process, peer] = [i & 1, (i + 1) & 1]
  list.push({
    kind: process === 0 ? 'send' : 'deliver',
    process,
    peer,
    number: i >> 1,
    seq: (i >> 1) + 1,
    lamport: i + 1,
    extra: 64,
    timeNs: i * 1000,
    localNs: i * 1000,
    payload: process === 0 ? payload : '',
  })
}
const ms = performance.now() - beganMs
answer({ figures: { microseconds: (ms * 1000) / events }, work: { events: list.length } })
