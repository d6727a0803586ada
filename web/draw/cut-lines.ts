/** Cuts as lines across the processes: those that the algorithm recorded, and the reader's. */
import { type Consistency, isConsistent, isRecordedConsistent } from '../model/causality.ts'
import type { Cut } from '../model/cut.ts'
import { remembered } from '../model/remembered.ts'
import type { RecordedCut, RunData } from '../model/run-data.ts'
import { upTo } from '../model/search.ts'
import { clipPolyline } from './clip.ts'
import { BAND_MIDDLE, type Frame, LETTER } from './frame.ts'
import type { Role, Shape, TextShape, Tone } from './shapes.ts'
import type { SpaceTimeView } from './view.ts'

const WRONG_DASH = [6, 4]
const NOTE_SIZE = 12
const HANDLE = 5
const OVERHANG = 12

/** Whether the reader's cut is consistent, worked out once while it stays the same. */
export const judgeCut = remembered((data, cut: Cut): Consistency => isConsistent(data, cut))

/** The cuts that the algorithm recorded, and whether each is consistent. */
export const judgeRecorded = remembered((data, _: null) =>
  data.cuts.map((cut) => ({ cut, consistency: isRecordedConsistent(data, cut) })),
)

export function* recordedCuts(data: RunData, view: SpaceTimeView, frame: Frame): Generator<Shape> {
  if (!view.showRecordedCuts) return
  const noted = wrongWords(data, view)
  const noteEnd = noted === null ? Number.NEGATIVE_INFINITY : frame.left + noted.length * NOTE_SIZE * LETTER
  for (const { cut, consistency } of judgeRecorded(data, null)) {
    const { consistent, offending } = consistency
    const pieces = recordedPieces(cut, view, frame)
    for (const points of pieces) yield* across(points, frame, 'recorded-cut', consistent)
    const first = view.order.find((process) => cut.at[process] !== -1)
    const x = pieces[0]?.[0]
    if (first === undefined || x === undefined || x < frame.left || x > frame.right) continue
    const found = consistent ? 'consistent' : `inconsistent: ${names(data, offending)}`
    const text = `recorded cut ${cut.id}, ${found}`
    const half = (text.length * NOTE_SIZE * LETTER) / 2
    const middle = Math.max(half, Math.min(x, view.width - half))
    if (middle - half < noteEnd) continue // the line is there, and the name in the list
    yield {
      ...noteAt(middle, text, toneOf('recorded-cut', consistent)),
      role: 'recorded-cut',
      align: 'center',
      ref: { event: cut.at[first]! },
    }
  }
}

function noteAt(x: number, text: string, tone: Tone): TextShape {
  const how = { align: 'left', size: NOTE_SIZE, bold: true, boxed: true } as const
  return { shape: 'text', role: 'note', tone, x, y: BAND_MIDDLE, text, ...how }
}

/** A line through where each process recorded, broken at those that never did. */
function recordedPieces(cut: RecordedCut, view: SpaceTimeView, frame: Frame): number[][] {
  const pieces: number[][] = []
  let open: number[] | null = null
  for (const process of view.order) {
    const at = cut.at[process]!
    if (at === -1) {
      open = null
      continue
    }
    if (open === null) {
      open = []
      pieces.push(open)
    }
    open.push(frame.x(at), frame.yOf(process))
  }
  return pieces
}

/** Ends half a line beyond the first and the last process, so that it is seen to cross them. */
function overhanging(points: readonly number[], by: number): number[] {
  const [x1, y1] = points
  return [x1!, y1! - by, ...points, points.at(-2)!, points.at(-1)! + by]
}

/** A line across the processes, as far as it lies in the pane. */
function* across(points: readonly number[], frame: Frame, role: Role, consistent: boolean): Generator<Shape> {
  const line = overhanging(points, Math.min(frame.pitch / 2, OVERHANG))
  const tone = toneOf(role, consistent)
  const dash = consistent ? [] : WRONG_DASH
  for (const piece of clipPolyline(frame, line)) {
    yield { shape: 'polyline', role, tone, points: piece, width: 2, dash, ref: {} }
  }
}

function toneOf(role: Role, consistent: boolean): Tone {
  if (!consistent) return 'offending'
  return role === 'cut' ? 'cut' : 'recorded'
}

export function* readersCut(data: RunData, view: SpaceTimeView, frame: Frame): Generator<Shape> {
  const { cut, order } = view
  if (cut === null || order.length === 0) return
  const { consistent } = judgeCut(data, cut)
  const tone = toneOf('cut', consistent)
  const xs = cutXs(data, view, frame, cut)
  const points = order.flatMap((process, row) => [xs[row]!, frame.yOf(process)])
  yield* across(points, frame, 'cut', consistent)
  for (const [row, process] of order.entries()) {
    const [x, y] = [xs[row]!, frame.yOf(process)]
    if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) continue
    yield { shape: 'dot', role: 'cut-handle', tone, x, y, r: HANDLE, form: 'diamond', ref: { process } }
  }
  const words = wrongWords(data, view)
  if (words !== null) yield noteAt(frame.left, words, tone)
}

/** What is wrong with the reader's cut; null if nothing is. */
function wrongWords(data: RunData, { cut }: SpaceTimeView): string | null {
  if (cut === null) return null
  const { consistent, offending } = judgeCut(data, cut)
  return consistent
    ? null
    : `inconsistent cut: ${names(data, offending)} received before it, but sent after it`
}

const NAMED_MOST = 3

/** `p03#5, p01#2 and 4 more` */
export function names(data: RunData, offending: readonly number[]): string {
  const ids = offending.slice(0, NAMED_MOST).map((m) => data.message(m).id)
  const more = offending.length - ids.length
  return `${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/**
 * Where the cut crosses each line: anywhere between the last event before it and
 * the next. One straight line if there is one, as there is for a cut in time.
 */
export function cutXs(data: RunData, view: SpaceTimeView, frame: Frame, cut: Cut): number[] {
  const rooms = view.order.map((process) => {
    const own = data.ofProcess(process)
    const next = own[upTo(own, (i) => i <= cut[process]!)]
    const low = cut[process] === -1 ? Number.NEGATIVE_INFINITY : frame.x(cut[process]!)
    return { low, high: next === undefined ? Number.POSITIVE_INFINITY : frame.x(next) }
  })
  const low = Math.max(...rooms.map((room) => room.low))
  const high = Math.min(...rooms.map((room) => room.high))
  const x = straight(low, high, rooms, frame)
  const like = data.cuts.find(({ at, before }) => at.every((own, p) => own === -1 || before[p] === cut[p]))
  return rooms.map((room, row) => {
    const recordedAt = like?.at[view.order[row]!] ?? -1
    const wanted = recordedAt === -1 ? x : frame.x(recordedAt) // one that was recorded lies where it was
    return Math.min(Math.max(wanted, room.low + clearance(room)), room.high - clearance(room))
  })
}

interface Room {
  readonly low: number
  readonly high: number
}

function straight(low: number, high: number, rooms: readonly Room[], frame: Frame): number {
  if (low <= high) {
    if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? frame.left : high - 1
    return high === Number.POSITIVE_INFINITY ? low + CLEARANCE : low + clearance({ low, high })
  }
  // Else as straight as can be: through as many lines as possible in one piece.
  const through = (x: number) => rooms.filter((room) => room.low <= x && x <= room.high).length
  const places = rooms.map((room) => room.low + clearance(room)).filter(Number.isFinite)
  return places.reduce((best, x) => (through(x) > through(best) ? x : best))
}

/** A cut does not lie on an event if there is room beside it. */
const CLEARANCE = 3
const clearance = ({ low, high }: Room) => Math.min(CLEARANCE, Math.max(0, (high - low) / 2))
