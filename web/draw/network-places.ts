/** Where the processes of a network stand: on a ring, on a circle, in rows, or where forces hold them. */
import type { RunData } from '../model/run-data.ts'
import { forceLayout, type Place } from './force-layout.ts'

/** `ring`: an ellipse that uses the whole pane; `circle`: a true one; `grid`: rows; `force`: by its links. */
export const LAYOUTS = ['ring', 'circle', 'grid', 'force'] as const
export type Layout = (typeof LAYOUTS)[number]

export interface Sheet {
  readonly width: number
  readonly height: number
  readonly layout: Layout
  readonly nameLength?: number // letters that stand beside a process, if more than a name has
}

export interface Point {
  readonly x: number
  readonly y: number
}

const MARGIN = 44 // px for the names outside of the circles
const LETTER = 7.5 // px

const sideOf = ({ nameLength = 0, width }: Sheet) =>
  Math.min(width / 3, Math.max(MARGIN, 18 + nameLength * LETTER))

const laidOut = new WeakMap<RunData['run']['links'], readonly Place[]>()

/** Laid out once for a topology, whatever the size of the pane. */
function forcePlaces({ run, processes }: RunData): readonly Place[] {
  const known = laidOut.get(run.links)
  if (known !== undefined) return known
  const places = forceLayout(processes.length, run.links)
  laidOut.set(run.links, places)
  return places
}

export function placesOf(data: RunData, sheet: Sheet): Point[] {
  if (sheet.layout !== 'force') return positionsOf(data.processes.length, sheet)
  const side = sideOf(sheet)
  const [wide, high] = [Math.max(1, sheet.width - 2 * side), Math.max(1, sheet.height - 2 * MARGIN)]
  return forcePlaces(data).map(({ x, y }) => ({ x: side + x * wide, y: MARGIN + y * high }))
}

/** Where each process stands: the first at the top, on clockwise. */
export function positionsOf(count: number, sheet: Sheet): Point[] {
  const { width, height, layout } = sheet
  const middle = { x: width / 2, y: height / 2 }
  if (layout === 'grid') return gridOf(count, width, height)
  const wide = Math.max(1, width / 2 - sideOf(sheet))
  const high = Math.max(1, height / 2 - MARGIN)
  const radius =
    layout === 'circle' ? { x: Math.min(wide, high), y: Math.min(wide, high) } : { x: wide, y: high }
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2
    return { x: middle.x + radius.x * Math.cos(angle), y: middle.y + radius.y * Math.sin(angle) }
  })
}

function gridOf(count: number, width: number, height: number): Point[] {
  const columns = Math.max(1, Math.ceil(Math.sqrt(count)))
  const rows = Math.max(1, Math.ceil(count / columns))
  const at = (index: number, of: number, size: number) => MARGIN + ((index + 0.5) * (size - 2 * MARGIN)) / of
  return Array.from({ length: count }, (_, i) => ({
    x: at(i % columns, columns, width),
    y: at(Math.floor(i / columns), rows, height),
  }))
}
