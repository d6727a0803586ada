/** What two runs come to in figures, side by side. Pure. */
import type { RunData } from './run-data.ts'

export interface Figure {
  readonly name: string
  readonly unit: 'count' | 'ns'
  readonly one: number | null // null: there is none
  readonly other: number | null
}

export function figuresOf(one: RunData, other: RunData): readonly Figure[] {
  const [here, there] = [sumsOf(one), sumsOf(other)]
  const row = (name: string, unit: Figure['unit'], of: (sums: Sums) => number | null): Figure => ({
    ...{ name, unit },
    one: of(here),
    other: of(there),
  })
  const types = [...new Set([...one.types, ...other.types])]
  return [
    row('events', 'count', ({ events }) => events),
    row('duration', 'ns', ({ durationNs }) => durationNs),
    row('messages sent', 'count', ({ sent }) => sent),
    row('lost', 'count', ({ lost }) => lost),
    row('duplicated', 'count', ({ duplicated }) => duplicated),
    row('never arrived', 'count', ({ underway }) => underway),
    row('latency, median', 'ns', ({ latencies }) => quantile(latencies, 0.5)),
    row('latency, 99 %', 'ns', ({ latencies }) => quantile(latencies, 0.99)),
    ...types.map((type) => row(`${type} sent`, 'count', ({ byType }) => byType.get(type) ?? 0)),
  ]
}

interface Sums {
  readonly events: number
  readonly durationNs: number | null
  sent: number
  lost: number
  duplicated: number
  underway: number
  readonly latencies: Float64Array // in order
  readonly byType: ReadonlyMap<string, number>
}

function sumsOf(run: RunData): Sums {
  const { sendAt, deliverAt, lostAt, copyOf, typeIndex, length } = run.messages
  const byType = new Map<string, number>()
  const latencies: number[] = []
  const sums = { sent: 0, lost: 0, duplicated: 0, underway: 0 }
  for (let m = 0; m < length; m++) {
    if (copyOf[m] === -1) {
      sums.sent++
      const type = run.types[typeIndex[m]!]!
      byType.set(type, (byType.get(type) ?? 0) + 1)
    } else sums.duplicated++
    if (deliverAt[m] !== -1) latencies.push(run.timeNs(deliverAt[m]!) - run.timeNs(sendAt[m]!))
    else if (lostAt[m] !== -1) sums.lost++
    else sums.underway++
  }
  const durationNs = run.outcome === undefined ? null : run.outcome.durationMs * 1e6
  return { ...sums, events: run.length, durationNs, latencies: Float64Array.from(latencies).sort(), byType }
}

/** The least value that so large a share does not exceed. */
function quantile(sorted: Float64Array, share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
