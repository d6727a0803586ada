/**
 * The network: processes as circles, coloured by a field of their states if one is chosen; channels as
 * lines between them, as thick as they were used; and the messages that are on their way at the moment
 * shown. What is cut is dashed and crossed, and the parts that it leaves are named.
 */
import {
  type Condition,
  conditionAt,
  type Link,
  linkKey,
  linksOf,
  partsOf,
  trafficUntil,
} from '../model/network.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { messagesWithin } from '../model/window-index.ts'
import { type Point, placesOf, type Sheet } from './network-places.ts'
import { dashOf } from './palette.ts'
import type { DrawList, Shape, Tone } from './shapes.ts'

export { LAYOUTS, type Layout } from './network-places.ts'

/** How a process looks by the value of a field. */
export interface Coloured {
  readonly tone: Tone
  readonly text: string | null // the value, as short as it must be
}

export interface NetworkView extends Sheet {
  readonly cursorNs: number
  readonly selected: number | null // process
  readonly selectedLink?: readonly [number, number] | null
  readonly traffic?: 'all' | 'so-far' // what links are as thick as: of the whole run, or up to the cursor
  readonly coloured?: readonly Coloured[] | null // by process
}

const NAME_SIZE = 12

export function network(data: RunData, view: NetworkView): DrawList {
  const nameLength = Math.max(
    0,
    ...(view.coloured ?? []).map((_, process) => labelOf(data, view, process).length),
  )
  const points = placesOf(data, { ...view, nameLength })
  const r = radiusOf(points, view.layout !== 'force')
  const condition = conditionAt(data, view.cursorNs)
  return [
    ...links(data, view, points, condition.downLinks),
    ...partsNote(data, view, condition),
    ...travelling(data, view, points),
    ...processes(data, view, points, r, condition.downProcesses),
  ]
}

/** Circles as large as they can be without touching their neighbours, within reason. */
function radiusOf(points: readonly Point[], isEven: boolean): number {
  let apart = 60
  const looked = isEven ? points.slice(0, 2) : points // each has its neighbours as near as any other
  for (const [i, a] of looked.entries()) {
    for (let j = i + 1; j < looked.length; j++) {
      apart = Math.min(apart, Math.hypot(a.x - looked[j]!.x, a.y - looked[j]!.y))
    }
  }
  return Math.min(10, Math.max(isEven ? 4 : 2.5, apart / 3))
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
  const used = view.traffic === 'so-far' ? trafficUntil(data, view.cursorNs) : null
  const crowd = all.length > CROWDED ? 0.4 : 0.9
  const chosen = view.selectedLink ?? null
  const touches = ({ a, b }: Link) => view.selected === null || a === view.selected || b === view.selected
  for (const [i, link] of all.entries()) {
    const { a, b } = link
    const [from, to] = [points[a], points[b]]
    if (from === undefined || to === undefined) continue
    const isDown = down.has(linkKey(a, b))
    const isChosen = chosen !== null && chosen[0] === a && chosen[1] === b
    const messages = used?.[i] ?? link.messages
    const common = { role: 'link', tone: isChosen ? 'selected' : isDown ? 'down' : 'dim' } as const
    const ref = { link: [a, b] } as const
    yield {
      ...{ shape: 'line', ...common, ref },
      ...{ x1: from.x, y1: from.y, x2: to.x, y2: to.y },
      width: 1 + (WIDTH_MOST - 1) * (messages / most),
      alpha: isChosen || isDown || touches(link) ? (isDown ? 0.9 : crowd) : crowd / 4,
      ...(isDown && { dash: [3, 5] }),
    }
    // A dash alone is overlooked where there are many lines.
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
    if (isDown) yield { shape: 'cross', ...common, ref, ...middle, r: 4, width: 1.5 }
  }
}

const NOTE_SIZE = 11

/** A network that has fallen into parts says who still reaches whom. */
function* partsNote(data: RunData, { width, height }: NetworkView, condition: Condition): Generator<Shape> {
  const parts = partsOf(data, condition)
  if (parts.length === 0) return
  const room = width / (NOTE_SIZE * CHARACTER)
  const texts = [6, 4, 3, 2, 1].map((names) => partsText(data, parts, names))
  const text = texts.find(({ length }) => length <= room) ?? `${parts.length} parts`
  const at = {
    x: width / 2,
    y: height - NOTE_SIZE / 2 - 2,
    align: 'center',
    size: NOTE_SIZE,
    boxed: true,
  } as const
  yield { shape: 'text', role: 'note', tone: 'ink', text, ...at }
}

const PARTS_MOST = 3

function partsText({ processes }: RunData, parts: readonly (readonly number[])[], most: number): string {
  const named = parts.slice(0, PARTS_MOST).map((part) => {
    const names = part.slice(0, most).map((process) => processes[process])
    return `${names.join(' ')}${part.length > most ? ` … (${part.length})` : ''}`
  })
  return `${parts.length} parts: ${named.join(' ╱ ')}${parts.length > PARTS_MOST ? ' ╱ …' : ''}`
}

const DOT = 4
/** px of the way behind a message: room for the dashes of its type, and it says where the message goes. */
const TAIL = 36

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
  const came = Math.hypot(x - from.x, y - from.y)
  const back = came === 0 ? 0 : Math.min(1, TAIL / came)
  const tail = { x1: x + (from.x - x) * back, y1: y + (from.y - y) * back, x2: x, y2: y }
  yield { shape: 'line', role: 'travelling', tone, ...tail, width: 1.5, dash: dashOf(tone) }
  if (messages.lostAt[m] !== -1) yield { shape: 'cross', ...common, r: DOT, width: 1.75 }
  else yield { shape: 'dot', ...common, r: DOT, form: 'disc' }
}

const RIM = 1.5 // px of ink around a colour, whose ends come near the ground

function* processes(
  data: RunData,
  view: NetworkView,
  points: readonly Point[],
  r: number,
  down: ReadonlySet<number>,
): Generator<Shape> {
  const coloured = view.coloured ?? null
  for (const [process, { x, y }] of points.entries()) {
    const ref = { process }
    const isDown = down.has(process)
    const isSelected = process === view.selected
    const tone = isDown ? 'down' : isSelected ? 'selected' : 'ink'
    const form = isDown ? 'ring' : 'disc'
    if (isSelected) {
      yield { shape: 'dot', role: 'process', tone: 'selected', x, y, r: r + 5, form: 'ring', ref }
    }
    yield { shape: 'dot', role: 'process', tone, x, y, r: r + (coloured === null ? 0 : RIM), form, ref }
    if (coloured !== null && !isDown) {
      yield { shape: 'dot', role: 'value', tone: coloured[process]!.tone, x, y, r, form: 'disc', ref }
    }
    if (isDown) yield { shape: 'cross', role: 'process', tone, x, y, r: r / 2, width: 2, ref }
  }
  yield* names(data, view, points, r)
}

type Name = Extract<Shape, { shape: 'text' }>

/** As many names as do not lie over each other, that of the selected process before all. */
function* names(data: RunData, view: NetworkView, points: readonly Point[], r: number): Generator<Shape> {
  const all = points.map((point, process) => nameOf(data, view, process, point, r))
  const chosen = view.selected === null ? [] : all.splice(view.selected, 1)
  const shown: Name[] = []
  const isCrowd = view.layout === 'force' && (view.width * view.height) / points.length < ROOMY
  for (const name of [...chosen, ...all]) {
    if (shown.some((other) => overlap(name, other))) continue
    if (isCrowd && !chosen.includes(name) && points.some((point) => covers(name, point))) continue
    shown.push(name)
    yield name
  }
}

/** Where those that stand anywhere have less room each, in px², a name may hide none. */
const ROOMY = 6_000

const covers = (name: Name, { x, y }: Point): boolean =>
  Math.abs(y - name.y) < NAME_SIZE && x > leftOf(name) - 2 && x < leftOf(name) + widthOf(name) + 2

const CHARACTER = 0.6 // of the size: the width of a digit, about

function overlap(a: Name, b: Name): boolean {
  if (Math.abs(a.y - b.y) >= NAME_SIZE) return false
  const [left, right] = [leftOf(a), leftOf(b)]
  return left < right + widthOf(b) && right < left + widthOf(a)
}

const widthOf = ({ text }: Name) => text.length * NAME_SIZE * CHARACTER

const leftOf = (name: Name) =>
  name.x - widthOf(name) * (name.align === 'center' ? 0.5 : name.align === 'right' ? 1 : 0)

/** The name of a process, with the value that colours it. */
function labelOf({ processes }: RunData, { coloured }: NetworkView, process: number): string {
  const value = coloured?.[process]?.text ?? null
  return value === null ? (processes[process] ?? '') : `${processes[process]}: ${value}`
}

/** Beside its circle, away from the middle of the pane. */
function nameOf(data: RunData, view: NetworkView, process: number, { x, y }: Point, r: number): Name {
  const text = labelOf(data, view, process)
  const common = { role: 'label', tone: 'ink', text, size: NAME_SIZE, ref: { process } } as const
  const below = { shape: 'text', ...common, x, y: y + r + NAME_SIZE, align: 'center' } as const
  if (view.layout === 'grid') return below
  // Links lead to all sides here.
  if (view.layout === 'force') return { ...below, y: y + r + NAME_SIZE - 1, boxed: true }
  const away = { x: x - view.width / 2, y: y - view.height / 2 }
  if (Math.abs(away.x) < r) return { ...below, y: y + Math.sign(away.y) * (r + NAME_SIZE) }
  const side = Math.sign(away.x)
  return { ...below, x: x + side * (r + 5), y, align: side > 0 ? 'left' : 'right' }
}
