/** A canvas as large as its place, painted anew whenever what is drawn, its size or the theme changes. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { DrawList } from '../draw/shapes.ts'
import { colours } from '../paint/colours.ts'
import { paint } from '../paint/painter.ts'

/** How much larger than usual the reader wants text: a drawing grows with it, as its words do. */
export const textScale = (): number =>
  (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16

/** Where in the drawing a pointer is. */
export const pointOf = ({ offsetX, offsetY }: MouseEvent): [x: number, y: number] => [
  offsetX / textScale(),
  offsetY / textScale(),
]

/** In the units of the drawing: CSS px at the usual size of text. */
export interface Size {
  readonly width: number
  readonly height: number
}

type Props = Omit<JSX.HTMLAttributes<HTMLDivElement>, 'size'> & {
  /** What to paint at a size; signals it reads make it be painted again. */
  readonly draw: (size: Size) => DrawList
  readonly resized?: (size: Size) => void
  readonly wheel?: (event: WheelEvent) => void
}

export function Canvas({ draw, resized, wheel, ...rest }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSignal<Size>({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const box = place.current!
    const measure = () => {
      const now = { width: box.clientWidth / textScale(), height: box.clientHeight / textScale() }
      if (now.width === size.peek().width && now.height === size.peek().height) return
      size.value = now
      resized?.(now)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const box = place.current!
    if (wheel === undefined) return
    // A wheel that zooms must keep the page from scrolling, so it may not be passive.
    box.addEventListener('wheel', wheel, { passive: false })
    return () => box.removeEventListener('wheel', wheel)
  }, [wheel])
  const { width, height } = size.value
  const list = width === 0 ? [] : draw(size.value)
  // One picture a frame, of what is latest: a frame that is asked for is never called off, or a
  // drawing that changes with every frame would not be painted at all.
  const latest = useRef<(() => void) | null>(null)
  const ink = colours()
  const asked = latest.current !== null
  latest.current = () => {
    latest.current = null
    if (canvas.current === null || width === 0) return
    const font = getComputedStyle(canvas.current).fontFamily
    paint({ canvas: canvas.current, width, height, font, scale: textScale() }, list, ink)
  }
  if (!asked) requestAnimationFrame(() => latest.current?.())
  return (
    <div {...rest} ref={place} class={`canvas-place ${(rest.class as string | undefined) ?? ''}`}>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; its place does */}
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  )
}
