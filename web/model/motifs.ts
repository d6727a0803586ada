/**
 * Motifs of a run that have names of their own: a broadcast and a gather, after
 * I. Beschastnikh et al., "Visualizing Distributed System Executions", TOSEM
 * 29(2), 2020, §4.3. What a reader draws is looked for in `patterns.ts`.
 */
import { FOUND_MOST, type Found, type Sought } from './patterns.ts'
import type { RunData } from './run-data.ts'

/** Fewer receivers or senders are no motif. */
const MANY = 3

/** Steps that send messages of one type to three processes or more. */
export function broadcasts(data: RunData): Sought {
  const { messages } = data
  const { length, sendAt, typeIndex } = messages
  const places: Found[] = []
  for (let m = 0; m < length; ) {
    const step = data.stepOf(sendAt[m]!)
    const its = [m]
    let next = m + 1
    while (next < length && data.stepOf(sendAt[next]!) === step && typeIndex[next] === typeIndex[m])
      its.push(next++)
    if (step !== -1 && new Set(its.map((each) => messages.to[each])).size >= MANY) {
      if (places.length === FOUND_MOST) return { places, stopped: 'places' }
      places.push({ messages: its, locals: [] })
    }
    m = next
  }
  return { places, stopped: null }
}

/** Deliveries of one type in a row at a process, from three senders or more. */
export function gathers(data: RunData): Sought {
  const { from, typeIndex } = data.messages
  const places: Found[] = []
  for (let process = 0; process < data.processes.length; process++) {
    let row: number[] = []
    const end = () => {
      if (new Set(row.map((m) => from[m])).size >= MANY) places.push({ messages: row, locals: [] })
      row = []
    }
    for (const i of data.ofProcess(process)) {
      const m = data.messageOfDeliver(i)
      if (m === -1) continue
      const again = row.some((each) => from[each] === from[m])
      if (row.length > 0 && (again || typeIndex[row[0]!] !== typeIndex[m])) end()
      row.push(m)
    }
    end()
  }
  const { deliverAt } = data.messages
  places.sort((a, b) => deliverAt[a.messages[0]!]! - deliverAt[b.messages[0]!]!)
  return { places: places.slice(0, FOUND_MOST), stopped: places.length > FOUND_MOST ? 'places' : null }
}
