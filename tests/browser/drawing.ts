/**
 * Where things are in the space-time drawing. It is a pure function of the run and of what the address
 * says, so a test can work it out again, and point with the mouse where a person would.
 */
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { viewOf } from '../../web/app/view-url.ts'
import type { DotShape, DrawList } from '../../web/draw/shapes.ts'
import { fit, frameOf, hit, NO_FILTER, type SpaceTimeView, spaceTime } from '../../web/draw/space-time.ts'
import { cutAt } from '../../web/model/cut.ts'
import type { RunData } from '../../web/model/run-data.ts'
import type { Run } from './runs.ts'
import { diagram } from './screen.ts'

export interface Drawn {
  readonly list: DrawList
  readonly view: SpaceTimeView
  readonly left: number // px of the page
  readonly top: number
}

export async function drawn(page: Page, { data }: Run): Promise<Drawn> {
  const box = (await diagram(page).boundingBox())!
  const seen = viewOf(new URL(page.url()).search)
  const [from, to] = seen.window ?? Object.values(fit(data, seen.axis))
  const view: SpaceTimeView = {
    width: box.width,
    height: box.height,
    axis: seen.axis,
    from: from!,
    to: to!,
    order: data.processes.map((_, process) => process),
    scrollTop: 0,
    selected: seen.at,
    filter: NO_FILTER,
    cut: cutOf(data, page),
    showTimers: false,
    showRecordedCuts: true,
  }
  return { list: spaceTime(data, view), view, left: box.x, top: box.y }
}

function cutOf(data: RunData, page: Page): Int32Array | null {
  const { at, cut, moved } = viewOf(new URL(page.url()).search)
  const by = cut ?? (at === null ? null : { position: at })
  if (by === null || !('position' in by)) return null
  const its = cutAt(data, by.position)
  for (const [process, position] of moved) its[process] = position
  return its
}

/** The dots of events that a click finds. */
export function dots({ list }: Drawn): (DotShape & { readonly event: number })[] {
  return list.flatMap((shape) => {
    const event = shape.shape === 'dot' && shape.role === 'event' ? shape.ref?.event : undefined
    if (shape.shape !== 'dot' || event === undefined) return []
    return hit(list, shape.x, shape.y)?.event === event ? { ...shape, event } : []
  })
}

/** Where the cut of a process is taken, and the px of an event on its line. */
export function handleOf({ list }: Drawn, process: number): { x: number; y: number } {
  const found = list.find(({ role, ref }) => role === 'cut-handle' && ref?.process === process)
  if (found?.shape !== 'dot') throw new Error(`the cut of process ${process} is not in view`)
  return found
}

export function placeOf({ view }: Drawn, { data }: Run, event: number): { x: number; y: number } {
  const frame = frameOf(data, view)
  return { x: frame.x(event), y: frame.yOf(data.process(event)) }
}

export async function clickAt(page: Page, { left, top }: Drawn, { x, y }: { x: number; y: number }) {
  await page.mouse.click(left + x, top + y)
}

/** Presses at one place and lets go at another. */
export async function drag(
  page: Page,
  { left, top }: Drawn,
  from: { x: number; y: number },
  to: { x: number; y: number },
): Promise<void> {
  await page.mouse.move(left + from.x, top + from.y)
  await page.mouse.down()
  await page.mouse.move(left + to.x, top + to.y, { steps: 8 })
  await page.mouse.up()
}

/** The colours on the screen at some places of the drawing, as `#rrggbb`. */
export async function coloursAt(page: Page, places: readonly { x: number; y: number }[]): Promise<string[]> {
  const { width, data } = PNG.sync.read(await diagram(page).screenshot())
  return places.map(({ x, y }) => {
    const at = 4 * (Math.round(y) * width + Math.round(x))
    return `#${data.subarray(at, at + 3).toString('hex')}`
  })
}
