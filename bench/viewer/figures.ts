/** What is measured of a run on a screen, beside what it is to be. */
export interface Measured {
  readonly events: number
  readonly openMs: number // from asking for the page to the picture
  readonly openCpuMs: { readonly tab: number; readonly server: number } // of processor time
  readonly panMs: Spread // frames while panning …
  readonly zoomMs: Spread
  readonly scrollMs: Spread | null // … and while scrolling over the processes; null where all fit
  readonly tabMb: number // memory of the tab's process, that is its own
  readonly bodiesMs: Spread // a window of bodies, fetched
}

export interface Spread {
  readonly median: number
  readonly p95: number
  readonly most: number
}

export interface Figures extends Measured {
  readonly run: string
  readonly screen: string
}

/** At 1500×900; the other screen is reported. */
export const TARGETS = { openMs: 3_000, frameMs: 16, tabMb: 500, bodiesMs: 50 }
export const JUDGED = '1500×900'

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { median: at(0.5), p95: at(0.95), most: at(1) }
}

interface Column {
  readonly head: string
  readonly target: string
  readonly cell: (its: Figures) => string
  /** Whether it is as it is to be; null: nobody says how it is to be. */
  readonly holds: (its: Figures) => boolean | null
}

const isFast = ({ median }: Spread) => median <= TARGETS.frameMs
const FRAME = `<= ${TARGETS.frameMs}`
const reported = () => null

const COLUMNS: readonly Column[] = [
  { head: 'run, screen', target: 'to be', cell: (its) => `${its.run}, ${its.screen}`, holds: reported },
  {
    head: 'opens s',
    target: `< ${TARGETS.openMs / 1_000}`,
    cell: ({ openMs }) => (openMs / 1_000).toFixed(2),
    holds: ({ openMs }) => openMs < TARGETS.openMs,
  },
  {
    head: 'its CPU s',
    target: '–',
    cell: ({ openCpuMs: { tab, server } }) =>
      `${((tab + server) / 1_000).toFixed(2)} = ${(tab / 1_000).toFixed(2)} + ${(server / 1_000).toFixed(2)}`,
    holds: reported,
  },
  { head: 'pan ms', target: FRAME, cell: (its) => frames(its.panMs), holds: (its) => isFast(its.panMs) },
  { head: 'zoom ms', target: FRAME, cell: (its) => frames(its.zoomMs), holds: (its) => isFast(its.zoomMs) },
  {
    head: 'scroll ms',
    target: '–',
    cell: ({ scrollMs }) => (scrollMs === null ? '–' : frames(scrollMs)),
    holds: reported,
  },
  {
    head: 'tab MB',
    target: `< ${TARGETS.tabMb}`,
    cell: ({ tabMb }) => tabMb.toFixed(0),
    holds: ({ tabMb }) => tabMb < TARGETS.tabMb,
  },
  {
    head: 'bodies ms',
    target: `< ${TARGETS.bodiesMs}`,
    cell: ({ bodiesMs: { median, most } }) => `${median.toFixed(0)} (${most.toFixed(0)})`,
    holds: ({ bodiesMs }) => bodiesMs.median < TARGETS.bodiesMs,
  },
]

export function lines(messages: number, figures: readonly Figures[]): string[] {
  const rows = figures.map((its) =>
    COLUMNS.map(({ cell, holds }) => {
      const isMissed = its.screen === JUDGED && holds(its) === false
      return `${cell(its)}${isMissed ? ' MISSED' : ''}`
    }),
  )
  const table = [COLUMNS.map(({ head }) => head), COLUMNS.map(({ target }) => target), ...rows]
  const widths = COLUMNS.map((_, c) => Math.max(...table.map((row) => row[c]!.length)))
  return [
    `${messages} messages, ${figures[0]?.events ?? 0} events; CPU: tab + server; ` +
      `frames: median (95 of 100); bodies: median (most); judged at ${JUDGED}`,
    ...table.map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join('  ')
        .trimEnd(),
    ),
  ]
}

const frames = ({ median, p95 }: Spread) => `${median.toFixed(1)} (${p95.toFixed(1)})`
