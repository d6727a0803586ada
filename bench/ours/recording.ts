/** What it costs to write an event down, and the state after a step. */
import { StateColumn } from '../../src/runtimes/state-column.ts'
import { KIND } from '../../src/trace-format/events.ts'
import { Recorder } from '../../src/trace-format/recorder.ts'
import { answer, task } from '../answer.ts'
import { NOTE } from '../payload.ts'

const { events } = task<{ events: number }>()
const payload = JSON.stringify(NOTE)

/** Sends and deliveries in turn; µs an event. */
function record(timeNs: (i: number) => number): number {
  const recorder = new Recorder(2, () => {})
  const beganMs = performance.now()
  for (let i = 0; i < events; i++) {
    const process = i & 1
    const now = timeNs(i)
    if (process === 0) recorder.add(KIND.send, 0, now, timeNs(i), payload, 1, i >> 1, 64)
    else recorder.add(KIND.deliver, 1, now, timeNs(i), '', 0, i >> 1, 0, i)
  }
  const ms = performance.now() - beganMs
  recorded += recorder.length
  return (ms * 1000) / events
}

/** A small state of which one field changes in a step; µs a step. */
function recordStates(): number {
  const recorder = new Recorder(1, () => {})
  const column = new StateColumn(recorder)
  const state = { account: 100, sent: 0, received: 0 }
  const positions = Array.from({ length: events }, (_, i) => i)
  const beganMs = performance.now()
  for (const position of positions) {
    state.received++
    column.after(position, state)
  }
  return ((performance.now() - beganMs) * 1000) / events
}

let recorded = 0
const microseconds = record((i) => i * 1000)
const work = { events: recorded }
const withClocks = record(() => Math.round(performance.now() * 1e6))
const state = recordStates()
answer({ figures: { microseconds, withClocks, state }, work })
