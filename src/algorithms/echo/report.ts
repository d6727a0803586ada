import type { Report, Table } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Echo } from './echo.ts'

interface Wave {
  readonly links: number
  readonly rows: Map<ProcessId, { parent: ProcessId; hops: number; children: ProcessId[]; doneMs: string }>
  beganNs: number
  sent: number
  counted: number
}

/** The tree the wave has left, and what it cost. */
export const treeReport: Report<Echo, Wave> = {
  initial: (places) => ({
    links: places.reduce((channels, { outgoing }) => channels + outgoing.length, 0) / 2,
    rows: new Map(),
    beganNs: 0,
    sent: 0,
    counted: 0,
  }),
  upon(wave, event) {
    const { rows, beganNs } = wave
    if (event.kind === 'send') wave.sent++
    if (event.kind === 'request' && !rows.has(event.at)) {
      wave.beganNs = event.timeNs
      rows.set(event.at, { parent: '–', hops: 0, children: [], doneMs: '–' })
    }
    if (event.kind !== 'indicate') return
    const { indication } = event
    if (indication.type === 'decided') wave.counted = indication.processes
    if (indication.type === 'reached') {
      const { parent } = indication
      rows.set(event.at, { parent, hops: (rows.get(parent)?.hops ?? 0) + 1, children: [], doneMs: '–' })
    }
    if (indication.type !== 'done') return
    const doneMs = ((event.timeNs - beganNs) / 1e6).toFixed(1)
    rows.set(event.at, { ...rows.get(event.at)!, children: indication.children, doneMs })
  },
  tables({ links, rows, sent, counted }): Table[] {
    const depth = Math.max(0, ...[...rows.values()].map(({ hops }) => hops))
    return [
      {
        title: 'The tree',
        columns: ['process', 'parent', 'hops', 'children', 'done after ms'],
        rows: [...rows].map(([process, { parent, hops, children, doneMs }]) => [
          process,
          parent,
          hops,
          children.join(' '),
          doneMs,
        ]),
        summary:
          `${counted} processes counted, ${depth} hops deep; ` +
          `${sent} messages on ${links} links, 2m = ${2 * links}`,
      },
    ]
  },
}
