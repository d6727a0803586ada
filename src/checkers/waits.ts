/** What a run of mutual exclusion was like for those who waited. */
import type { Report } from '../model/catalogue.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import type { Requests } from './mutual-exclusion.ts'

interface Waits {
  readonly n: number
  readonly of: Map<ProcessId, { since: number; ms: number[] }>
  sent: number
}

/** How long each process waited for what it got, and what that cost all. */
export const waits = <S extends Signature>(
  { competes, enters }: Requests<S>,
  { formula, each }: { readonly formula: string; readonly each: (n: number) => number },
): Report<S, Waits> => ({
  initial: (places) => ({
    n: places.length,
    of: new Map(places.map(({ self }) => [self, { since: 0, ms: [] }])),
    sent: 0,
  }),
  upon(memory, event) {
    if (event.kind === 'send') memory.sent++
    const own = memory.of.get(event.at)!
    if (competes(event)) own.since = event.timeNs
    if (enters(event)) own.ms.push((event.timeNs - own.since) / 1e6)
  },
  tables({ n, of, sent }) {
    const rows = [...of].map(([process, { ms }]) => {
      const sum = ms.reduce((all, one) => all + one, 0)
      const mean = ms.length === 0 ? '–' : (sum / ms.length).toFixed(1)
      return [process, ms.length, mean, Math.max(0, ...ms).toFixed(1)]
    })
    const times = [...of.values()].reduce((all, { ms }) => all + ms.length, 0)
    const price = times === 0 ? '' : `, ${(sent / times).toFixed(1)} each; ${formula} = ${each(n)}`
    return [
      {
        title: 'The resource',
        columns: ['process', 'times held', 'mean wait ms', 'longest ms'],
        rows,
        summary: `held ${times} times with ${sent} messages${price}`,
      },
    ]
  },
})
