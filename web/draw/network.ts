/**
 * The network: processes as circles, channels as lines between them, as thick as
 * they were used, and the messages that are on their way at the moment shown.
 */
import { conditionAt, type Link, linkKey, linksOf } from '../model/network.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { messagesWithin } from '../model/window-index.ts'
import type { DrawList, Shape } from './shapes.ts'

/** `ring`: an ellipse that uses the whole pane; `circle`: a true one; `grid`: rows. */
export type Layout = 'ring' | 'circle' | 'grid'

export interface NetworkView {
  readonly width: number
  readonly height: number
  readonly layout: Layout
  readonly cursorNs: number
  readonly selected: number | null // process
}

interface Point {
  readonly x: number
  readonly y: number
}

const MARGIN = 44 // px for the names outside of the circles
const NAME_SIZE = 12

export function network(data: RunData, view: NetworkView): DrawList {
  const points = positionsOf(data.processes.length, view)
  const r = radiusOf(points)
  const condition = conditionAt(data, view.cursorNs)
  return [
    ...links(data, view, points, condition.downLinks),
    ...travelling(data, view, points),
    ...processes(data, view, points, r, condition.downProcesses),
  ]
}

/** Where each process stands: the first at the top, on clockwise. */
export function positionsOf(count: number, { width, height, layout }: NetworkView): Point[] {
  const middle = { x: width / 2, y: height / 2 }
  if (layout === 'grid') return gridOf(count, width, height)
  const wide = Math.max(1, width / 2 - MARGIN)
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

/** Circles as large as they can be without touching their neighbours, within reason. */
function radiusOf(points: readonly Point[]): number {
  const [first, second] = points
  const apart = first && second ? Math.hypot(first.x - second.x, first.y - second.y) : 60
  return Math.min(10, Math.max(4, apart / 3))
}

const WIDTH_MOST = 3
const CROWDED = 60 // links, beyond which they step back

function* links(
  data: RunData,
  view: NetworkView,
  points: readonly Point[],
  down: ReadonlySet<string>,
): Generator<Shape> {
  const all = linksOf(data, null)
  const most = Math.max(1, ...all.map((link) => link.messages))
  const crowd = all.length > CROWDED ? 0.4 : 0.9
  const touches = ({ a, b }: Link) => view.selected === null || a === view.selected || b === view.selected
  for (const link of all) {
    const [from, to] = [points[link.a], points[link.b]]
    if (from === undefined || to === undefined) continue
    const isDown = down.has(linkKey(link.a, link.b))
    yield {
      shape: 'line',
      role: 'link',
      tone: isDown ? 'down' : 'dim',
      ...{ x1: from.x, y1: from.y, x2: to.x, y2: to.y },
      width: 1 + (WIDTH_MOST - 1) * (link.messages / most),
      alpha: touches(link) ? crowd : crowd / 4,
      ...(isDown && { dash: [3, 5] }),
    }
  }
}

const DOT = 4

/** A message stands on its channel as far along as its time is; one that will be lost turns into a cross. */
function* travelling(data: RunData, { cursorNs }: NetworkView, points: readonly Point[]): Generator<Shape> {
  const { messages } = data
  const [first, behind] = messagesWithin(data, 'real', cursorNs, cursorNs)
  for (const m of endless(data, null)) {
    if (m >= first) break
    yield* travellingShape(data, m, 0.5, points)
  }
  for (let m = first; m < behind; m++) {
    const sent = data.timeNs(messages.sendAt[m]!)
    const end = Math.max(messages.deliverAt[m]!, messages.lostAt[m]!)
    if (sent > cursorNs) continue
    if (end === -1) yield* travellingShape(data, m, 0.5, points)
    else if (data.timeNs(end) > cursorNs) {
      const passed = (cursorNs - sent) / (data.timeNs(end) - sent)
      yield* travellingShape(data, m, passed * (messages.lostAt[m] === -1 ? 1 : 0.5), points)
    }
  }
}

/** Messages that never ended. */
const endless = remembered((data, _: null): readonly number[] => {
  const { length, deliverAt, lostAt } = data.messages
  const found: number[] = []
  for (let m = 0; m < length; m++) if (deliverAt[m] === -1 && lostAt[m] === -1) found.push(m)
  return found
})

function* travellingShape(
  data: RunData,
  m: number,
  along: number,
  points: readonly Point[],
): Generator<Shape> {
  const { messages } = data
  const [from, to] = [points[messages.from[m]!], points[messages.to[m]!]]
  if (from === undefined || to === undefined) return
  const x = from.x + (to.x - from.x) * along
  const y = from.y + (to.y - from.y) * along
  const tone = messages.typeIndex[m]!
  const common = { role: 'travelling', tone, x, y, ref: { message: m } } as const
  if (messages.lostAt[m] !== -1) yield { shape: 'cross', ...common, r: DOT, width: 1.75 }
  else yield { shape: 'dot', ...common, r: DOT, form: 'disc' }
}

function* processes(
  data: RunData,
  view: NetworkView,
  points: readonly Point[],
  r: number,
  down: ReadonlySet<number>,
): Generator<Shape> {
  for (const [process, { x, y }] of points.entries()) {
    const ref = { process }
    const isDown = down.has(process)
    const tone = isDown ? 'down' : process === view.selected ? 'selected' : 'ink'
    yield { shape: 'dot', role: 'process', tone, x, y, r, form: isDown ? 'ring' : 'disc', ref }
    if (isDown) yield { shape: 'cross', role: 'process', tone, x, y, r: r / 2, width: 2, ref }
    if (process === view.selected) {
      yield { shape: 'dot', role: 'process', tone: 'selected', x, y, r: r + 4, form: 'ring', ref }
    }
  }
  yield* names(data, view, points, r)
}

type Name = Extract<Shape, { shape: 'text' }>

/** As many names as do not lie over each other, that of the selected process before all. */
function* names(data: RunData, view: NetworkView, points: readonly Point[], r: number): Generator<Shape> {
  const all = points.map((point, process) => nameOf(data, view, process, point, r))
  const chosen = view.selected === null ? [] : all.splice(view.selected, 1)
  const shown: Name[] = []
  for (const name of [...chosen, ...all]) {
    if (shown.some((other) => overlap(name, other))) continue
    shown.push(name)
    yield name
  }
}

const CHARACTER = 0.6 // of the size: the width of a digit, about

function overlap(a: Name, b: Name): boolean {
  if (Math.abs(a.y - b.y) >= NAME_SIZE) return false
  const [left, right] = [leftOf(a), leftOf(b)]
  return left < right + widthOf(b) && right < left + widthOf(a)
}

const widthOf = ({ text }: Name) => text.length * NAME_SIZE * CHARACTER

const leftOf = (name: Name) =>
  name.x - widthOf(name) * (name.align === 'center' ? 0.5 : name.align === 'right' ? 1 : 0)

/** Beside its circle, away from the middle of the pane. */
function nameOf(data: RunData, view: NetworkView, process: number, { x, y }: Point, r: number): Name {
  const text = data.processes[process] ?? ''
  const common = { role: 'label', tone: 'ink', text, size: NAME_SIZE, ref: { process } } as const
  const below = { shape: 'text', ...common, x, y: y + r + NAME_SIZE, align: 'center' } as const
  if (view.layout === 'grid') return below
  const away = { x: x - view.width / 2, y: y - view.height / 2 }
  if (Math.abs(away.x) < r) return { ...below, y: y + Math.sign(away.y) * (r + NAME_SIZE) }
  const side = Math.sign(away.x)
  return { ...below, x: x + side * (r + 5), y, align: side > 0 ? 'left' : 'right' }
}
