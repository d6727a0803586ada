/** The heart: the space-time drawing, and what hand and wheel do to it. */
import { computed, signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Frame } from '../draw/frame.ts'
import { partingMarks } from '../draw/partings.ts'
import type { DrawList } from '../draw/shapes.ts'
import { type Filter, frameOf, hit, type SpaceTimeView, spaceTime } from '../draw/space-time.ts'
import { cutAt, withProcessAt } from '../model/cut.ts'
import { Canvas, pointOf, type Size, textScale } from './canvas.tsx'
import { other, pair, partings, shortNames } from './comparing.ts'
import { place } from './finding.ts'
import { matches } from './matching.ts'
import { GRIP, gripLine, marks, scrollMark } from './overlay.ts'
import {
  alignedSince,
  consistency,
  cut,
  cutIsPlaced,
  loaded,
  moveCut,
  moveCutOf,
  order,
  proofs,
  seen,
  selectEvent,
  selectedEvent,
  selectedMessage,
  selectMessage,
  view,
  witnesses,
} from './state.ts'
import { spaceTimeTwin } from './twin.ts'
import { pan, show, shownWindow, zoom } from './window.ts'

const size = signal<Size>({ width: 0, height: 0 })
const scrollTop = signal(0)
const hovered = signal<string | null>(null)

const filter = computed((): Filter => {
  const types = seen.types.value
  const known = loaded.value?.types ?? []
  const shown = types === null ? null : new Set(known.flatMap((type, i) => (types.includes(type) ? i : [])))
  return { types: shown, processes: null, events: matches.value }
})

/** What two drawings that stand below each other must have in common, or they do not align. */
const commonLook = computed(() => {
  const names = pair.value?.isShortRead === true ? shortNames.value : null
  const both = [...(loaded.value?.processes ?? []), ...(shortNames.value ?? other.value?.processes ?? [])]
  const nameLength = other.value === null ? 0 : Math.max(0, ...both.map(({ length }) => length))
  return { ...(names === null ? {} : { names }), nameLength }
})

export const drawn = computed((): SpaceTimeView => {
  const [from, to] = shownWindow.value
  alignedSince.value
  const isOriginal = pair.value?.isShortRead === false
  const isSelected = selectedEvent.value !== null || selectedMessage.value !== null
  return {
    ...commonLook.value,
    lit: isOriginal && !isSelected ? pair.value!.lit : null,
    ...size.value,
    axis: seen.axis.value,
    from,
    to,
    order: order.value,
    scrollTop: scrollTop.value,
    selected: selectedEvent.value ?? (selectedMessage.value === null ? null : seen.message.value),
    filter: filter.value,
    cut: cutIsPlaced.value ? cut.value : null,
    showTimers: false,
    showRecordedCuts: true,
  }
})

const frame = computed(() => (loaded.value === null ? null : frameOf(loaded.value, drawn.value)))

const drawing = computed((): DrawList => {
  const run = loaded.value
  return run === null || size.value.width === 0 ? [] : spaceTime(run, drawn.value)
})

/** The upper end of the line of the cut. */
const lineEnd = computed((): readonly [x: number, y: number] | null => {
  const line = drawing.value.find(({ role, shape }) => role === 'cut' && shape === 'polyline')
  return line?.shape === 'polyline' ? [line.points[0]!, line.points[1]!] : null
})

/** Where the cut is taken at the axis: above its line; without one, at the end of the run. */
const gripX = computed((): number | null => {
  if (frame.value === null) return null
  if (lineEnd.value !== null) return lineEnd.value[0]
  const run = loaded.value!
  return cutIsPlaced.value || run.length === 0
    ? null
    : frame.value.xOf(run.valueOn(seen.axis.value, run.length - 1))
})

const list = computed((): DrawList => {
  const run = loaded.value
  if (run === null || frame.value === null) return []
  const shown = {
    witnesses: witnesses.value,
    proofs: proofs.value,
    message: selectedMessage.value,
    found: place.value.messages,
    locals: place.value.locals,
    gripX: gripX.value,
    lineFrom: lineEnd.value?.[1] ?? null,
    consistent: consistency.value.consistent,
  }
  return [
    ...gripLine(shown),
    ...drawing.value,
    ...partingMarks(run, frame.value, partings.value.one),
    ...marks(run, frame.value, shown),
    ...scrollMark(frame.value, size.value, scrollTop.value),
  ]
})

export const spaceTimePicture = computed(() => ({ list: list.value, size: size.value }))

type Drag =
  | {
      readonly what: 'pan'
      readonly x: number
      readonly y: number
      moved: boolean
      lastX: number
      lastY: number
    }
  | { readonly what: 'cut' }
  | { readonly what: 'cut of'; readonly process: number }

const DRAG_LEAST = 4 // px: less is a click

export function SpaceTimePane() {
  const drag = useRef<Drag | null>(null)
  const run = loaded.value!
  const at = selectedEvent.value
  useLayoutEffect(() => {
    if (at === null) return
    show(at)
    showRow(run.process(at))
  }, [at])
  return (
    <Canvas
      class={`space-time ${hovered.value ?? ''}`}
      role="application"
      tabIndex={0}
      aria-roledescription="space-time diagram"
      aria-label={spaceTimeTwin(run, witnesses.value.size)}
      aria-describedby="status"
      draw={() => list.value}
      resized={(now) => {
        size.value = now
        scrollTop.value = 0
      }}
      wheel={onWheel}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = begunAt(...pointOf(event))
      }}
      onPointerMove={(event) => {
        if (drag.current === null) hovered.value = cursorAt(...pointOf(event))
        else dragged(drag.current, ...pointOf(event))
      }}
      onPointerUp={(event) => {
        const done = drag.current
        drag.current = null
        if (done?.what === 'pan' && !done.moved) clicked(...pointOf(event))
      }}
      onDblClick={(event) => zoom(1 / 2, shareAt(pointOf(event)[0]))}
    />
  )
}

/** By its grip or its line the whole cut is taken; where it crosses a process, that process's part. */
function begunAt(x: number, y: number): Drag {
  const found = hit(list.peek(), x, y)
  if (onGrip(x, y)) return { what: 'cut' }
  if (found?.role === 'cut-handle' && found.process !== undefined)
    return { what: 'cut of', process: found.process }
  if (found?.role === 'cut') return { what: 'cut' }
  return { what: 'pan', x, y, moved: false, lastX: x, lastY: y }
}

const onGrip = (x: number, y: number) =>
  gripX.peek() !== null && Math.abs(y - GRIP.y) <= GRIP.reach && Math.abs(x - gripX.peek()!) <= GRIP.reach

function cursorAt(x: number, y: number): string | null {
  if (onGrip(x, y)) return 'over-cut'
  const found = hit(list.peek(), x, y)
  if (found === null) return null
  if (found.role === 'cut' || found.role === 'cut-handle') return 'over-cut'
  return found.event !== undefined || found.message !== undefined ? 'over-thing' : null
}

function dragged(drag: Drag, x: number, y: number): void {
  const run = loaded.peek()
  const where = frame.peek()
  if (run === null || where === null) return
  const { axis } = view.peek()
  if (drag.what === 'cut') return cutTo(where.valueAt(x))
  if (drag.what === 'cut of') {
    const moved = withProcessAt(run, cut.peek(), drag.process, axis, where.valueAt(x))
    return moveCutOf(drag.process, moved[drag.process]!)
  }
  drag.moved ||= Math.hypot(x - drag.x, y - drag.y) >= DRAG_LEAST
  if (!drag.moved) return
  pan((drag.lastX - x) / (where.right - where.left))
  scrollBy(drag.lastY - y)
  drag.lastX = x
  drag.lastY = y
}

/** All events up to a value of the axis. In real time that is a position in the order of recording. */
function cutTo(value: number): void {
  const run = loaded.peek()!
  if (view.peek().axis === 'logical') return moveCut({ lamport: Math.max(0, Math.floor(value)) })
  if (view.peek().axis === 'aligned') return moveCut({ common: Math.max(0, Math.floor(value)) })
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (run.timeNs(middle) <= value) low = middle + 1
    else high = middle
  }
  moveCut({ position: low - 1 })
}

function clicked(x: number, y: number): void {
  const found = hit(list.peek(), x, y)
  const run = loaded.peek()!
  if (found?.event !== undefined) return selectEvent(found.event)
  if (found?.message !== undefined) return selectMessage(found.message)
  if (found?.role === 'label' && found.process !== undefined) {
    const last = cutAt(run, run.length - 1)[found.process]!
    return last === -1
      ? undefined
      : selectEvent(Math.max(cut.peek()[found.process]!, run.ofProcess(found.process)[0]!))
  }
  selectEvent(null)
}

const WHEEL_ZOOM = 0.002 // e-folds a px
const LINE_PX = 16

function onWheel(event: WheelEvent): void {
  event.preventDefault()
  const unit = (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX) / textScale()
  const [dx, dy] = [event.deltaX * unit, event.deltaY * unit]
  if (event.ctrlKey || event.metaKey) return zoom(Math.exp(dy * WHEEL_ZOOM), shareAt(pointOf(event)[0]))
  const where = frame.peek()
  if (where === null) return
  const time = (px: number) => pan(px / (where.right - where.left))
  // Shift turns the wheel: some browsers then report it as sideways, some do not.
  if (event.shiftKey) return time(dx === 0 ? dy : dx)
  if (hiddenPx(where) === 0) return time(dx === 0 ? dy : dx)
  if (dx !== 0) time(dx)
  scrollBy(dy)
}

/** How much of the lines does not fit in the height of the pane. */
const hiddenPx = ({ contentHeight }: Frame) => Math.max(0, contentHeight - size.peek().height)

function shareAt(x: number): number {
  const where = frame.peek()!
  return Math.min(1, Math.max(0, (x - where.left) / (where.right - where.left)))
}

function scrollBy(px: number): void {
  const where = frame.peek()
  if (where === null) return
  scrollTop.value = Math.min(hiddenPx(where), Math.max(0, scrollTop.peek() + px))
}

function showRow(process: number): void {
  const where = frame.peek()
  if (where === null) return
  const y = where.yOf(process)
  if (y < where.top + where.pitch / 2) scrollBy(y - where.top - where.pitch)
  else if (y > where.bottom - where.pitch / 2) scrollBy(y - where.bottom + where.pitch)
}
