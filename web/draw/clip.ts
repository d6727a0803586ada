/**
 * The part of a line that lies in a rectangle.
 *
 *   Y.-D. Liang and B. A. Barsky, "A New Concept and Method for Line Clipping", ACM TOG 3(1), 1984.
 */
export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Clipped {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly endShows: boolean // the second end is not cut off
}

export function clipLine(box: Box, x1: number, y1: number, x2: number, y2: number): Clipped | null {
  const dx = x2 - x1
  const dy = y2 - y1
  let begin = 0
  let end = 1
  const sides = [
    [-dx, x1 - box.left],
    [dx, box.right - x1],
    [-dy, y1 - box.top],
    [dy, box.bottom - y1],
  ] as const
  for (const [towards, room] of sides) {
    if (towards === 0 && room < 0) return null
    if (towards < 0) begin = Math.max(begin, room / towards)
    if (towards > 0) end = Math.min(end, room / towards)
  }
  if (begin > end) return null
  return {
    x1: x1 + begin * dx,
    y1: y1 + begin * dy,
    x2: end === 1 ? x2 : x1 + end * dx,
    y2: end === 1 ? y2 : y1 + end * dy,
    endShows: end === 1,
  }
}

/** The pieces of a polyline (x, y, x, y …) that lie in a rectangle. */
export function clipPolyline(box: Box, points: readonly number[]): number[][] {
  const pieces: number[][] = []
  let open: number[] | null = null
  for (let k = 0; k + 3 < points.length; k += 2) {
    const part = clipLine(box, points[k]!, points[k + 1]!, points[k + 2]!, points[k + 3]!)
    if (part === null) {
      open = null
      continue
    }
    const goesOn = open !== null && open.at(-2) === part.x1 && open.at(-1) === part.y1
    if (open === null || !goesOn) {
      open = [part.x1, part.y1]
      pieces.push(open)
    }
    open.push(part.x2, part.y2)
  }
  return pieces
}
