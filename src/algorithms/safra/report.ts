import type { Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Safra } from './safra.ts'
import type { Work } from './work.ts'

interface Memory {
  readonly processes: number
  by: ProcessId | null
  endedNs: number // when the last process so far became passive
  saidNs: number | null
  basic: number
  hops: number
  probes: number
}

/** When the computation ended, when that was found out, and what it cost beside the work itself. */
export const detectionReport: Report<Safra<Work>, Memory> = {
  initial: ({ length: processes }) => ({
    processes,
    by: null,
    endedNs: 0,
    saidNs: null,
    basic: 0,
    hops: 0,
    probes: 0,
  }),
  upon(memory, event) {
    if (event.kind === 'request' && event.request.type === 'detect') memory.by ??= event.at
    if (event.kind === 'send') {
      if (event.message.type === 'basic') memory.basic++
      else memory.hops++
      if (event.message.type === 'token' && event.at === memory.by) memory.probes++
    }
    if (event.kind !== 'indicate') return
    if (event.indication.type === 'terminated') memory.saidNs ??= event.timeNs
    else if (event.indication.indication.type === 'passive') memory.endedNs = event.timeNs
  },
  tables: ({ processes, by, endedNs, saidNs, basic, hops, probes }) => [
    {
      title: 'Termination',
      columns: [
        'detected by',
        'ended at ms',
        'detected at ms',
        'after ms',
        'probes',
        'hops',
        'basic messages',
      ],
      rows: [
        [
          by ?? '–',
          ms(endedNs),
          saidNs === null ? 'never' : ms(saidNs),
          saidNs === null ? '–' : ms(saidNs - endedNs),
          probes,
          hops,
          basic,
        ],
      ],
      summary: `a probe is ${processes} hops`,
    },
  ],
}

const ms = (ns: number) => (ns / 1e6).toFixed(2)
