import type { Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Heartbeat } from './heartbeat.ts'

interface Observer {
  readonly suspects: Map<ProcessId, number> // and since when, in ns
  mistakes: number
  lastMistakeNs: number
  delayMs: number
}

interface Memory {
  readonly observers: Map<ProcessId, Observer>
  readonly crashedNs: Map<ProcessId, number>
}

/** How soon each crash was found, and how often each process was wrong before it waited long enough. */
export const detectorReport: Report<Heartbeat, Memory> = {
  initial: (places) => ({
    observers: new Map(
      places.map(({ self }) => [self, { suspects: new Map(), mistakes: 0, lastMistakeNs: 0, delayMs: 0 }]),
    ),
    crashedNs: new Map(),
  }),
  upon({ observers, crashedNs }, event) {
    const observer = observers.get(event.at)!
    if (event.kind === 'crash') crashedNs.set(event.at, event.timeNs)
    if (event.kind === 'setTimer') observer.delayMs = event.minMs
    if (event.kind !== 'indicate') return
    const { type, process } = event.indication
    if (type === 'suspect') {
      observer.suspects.set(process, event.timeNs)
      return
    }
    observer.suspects.delete(process)
    observer.mistakes++
    observer.lastMistakeNs = event.timeNs
  },
  tables({ observers, crashedNs }) {
    const up = [...observers].filter(([id]) => !crashedNs.has(id))
    const found = [...crashedNs].map(([process, atNs]) => {
      const after = up
        .flatMap(([, { suspects }]) => suspects.get(process) ?? [])
        .map((ns) => ns - atNs)
        .sort((a, b) => a - b)
      return [
        process,
        ms(atNs),
        `${after.length} of ${up.length}`,
        ms(after[0] ?? NaN),
        ms(after.at(-1) ?? NaN),
      ]
    })
    const wrong = up.map(([id, { mistakes, lastMistakeNs, delayMs }]) => [
      id,
      mistakes,
      mistakes === 0 ? '–' : ms(lastMistakeNs),
      delayMs,
    ])
    return [
      {
        title: 'Crashes',
        columns: ['process', 'at ms', 'suspected by', 'the first after ms', 'the last after ms'],
        rows: found,
      },
      {
        title: 'Mistakes',
        columns: ['process', 'restored somebody', 'last at ms', 'waits now ms'],
        rows: wrong,
      },
    ]
  },
}

const ms = (ns: number) => (Number.isNaN(ns) ? '–' : (ns / 1e6).toFixed(1))
