/** How many of each size, as bars side by side; one that is not empty is seen, however low. */
import type { RectShape, Tone } from './shapes.ts'

export interface HistogramView {
  readonly width: number
  readonly height: number
  readonly tone: Tone
}

const GAP = 1 // px between two bars
const WIDEST = 14 // px: a few bars do not fill the width
const LEAST = 1.5 // px

export function histogram(bars: readonly number[], { width, height, tone }: HistogramView): RectShape[] {
  const most = Math.max(1, ...bars)
  const pitch = Math.min(WIDEST, width / Math.max(1, bars.length))
  return bars.flatMap((count, bar) => {
    if (count === 0) return []
    const h = Math.max(LEAST, (count / most) * height)
    return {
      ...{ shape: 'rect' as const, role: 'density' as const, tone },
      ...{ x: bar * pitch, y: height - h, w: Math.max(1, pitch - GAP), h },
    }
  })
}
