/**
 * A run as a log for ShiViz (I. Beschastnikh et al., "Debugging Distributed
 * Systems", CACM 59(8), 2016). Each event is two lines, which the expression
 * that ShiViz proposes takes apart: (?<event>.*)\n(?<host>\S*) (?<clock>{.*})
 */
import type { RunData } from '../model/run-data.ts'
import { VectorClocks } from '../model/vector-clocks.ts'

/** `words` says an event in one line. */
export function* shivizLog(data: RunData, words: (position: number) => string): Generator<string> {
  const clocks = new VectorClocks(data)
  for (let i = 0; i < data.length; i++) {
    const clock = clocks.next()
    const entries = data.processes.flatMap((name, p) => (clock[p]! > 0 ? [[name, clock[p]] as const] : []))
    const host = data.processes[data.process(i)]!
    yield `${words(i).replaceAll(/\s+/g, ' ')}\n${host} ${JSON.stringify(Object.fromEntries(entries))}\n`
  }
}
