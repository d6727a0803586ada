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

export const TARGETS = { openMs: 3_000, frameMs: 16, tabMb: 500, bodiesMs: 50 }

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { median: at(0.5), p95: at(0.95), most: at(1) }
}

export function lines(messages: number, figures: readonly Figures[]): string[] {
  const rows = figures.map((its) => [
    `${its.run}, ${its.screen}`,
    (its.openMs / 1_000).toFixed(2),
    `${(its.openCpuMs.tab / 1_000).toFixed(2)} + ${(its.openCpuMs.server / 1_000).toFixed(2)}`,
    frames(its.panMs),
    frames(its.zoomMs),
    its.scrollMs === null ? '–' : frames(its.scrollMs),
    its.tabMb.toFixed(0),
    `${its.bodiesMs.median.toFixed(0)} (${its.bodiesMs.most.toFixed(0)})`,
  ])
  const head = [
    'run, screen',
    'opens s',
    'its CPU s',
    'pan ms',
    'zoom ms',
    'scroll ms',
    'tab MB',
    'bodies ms',
  ]
  const widths = head.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) => cells.map((cell, c) => cell.padEnd(widths[c]!)).join('  ')
  return [
    `${messages} messages, ${figures[0]?.events ?? 0} events; CPU: tab + server; ` +
      'frames: median (95 of 100); bodies: median (most)',
    line(head),
    ...rows.map(line),
    `to be: opens < ${TARGETS.openMs / 1_000} s, median frame <= ${TARGETS.frameMs} ms at 1500×900, ` +
      `tab < ${TARGETS.tabMb} MB, bodies < ${TARGETS.bodiesMs} ms`,
  ]
}

const frames = ({ median, p95 }: Spread) => `${median.toFixed(1)} (${p95.toFixed(1)})`
