/**
 * What lies under a point: a search over what was drawn, since what was not
 * drawn cannot be pointed at. Small things win over large ones (an event over a
 * message over a line), then the nearest, then the one painted last.
 */
import { LETTER } from './frame.ts'
import type { DrawList, Ref, Role, Shape } from './shapes.ts'

export type Hit = Ref & { readonly role: Role }

/** How near, in px, a pointer must come: a pointer is coarser than a pixel. */
const REACH = { dot: 5, line: 4 }

export function hit(list: DrawList, x: number, y: number): Hit | null {
  let best: Shape | null = null
  let bestRank = Number.POSITIVE_INFINITY
  let bestDistance = Number.POSITIVE_INFINITY
  for (const shape of list) {
    if (shape.ref === undefined) continue
    const distance = distanceTo(shape, x, y)
    const rank = rankOf(shape)
    if (distance === null || rank > bestRank || (rank === bestRank && distance > bestDistance)) continue
    best = shape
    bestRank = rank
    bestDistance = distance
  }
  return best === null ? null : { ...best.ref, role: best.role }
}

function rankOf({ role, ref }: Shape): number {
  if (role === 'cut-handle') return 0
  if (ref?.event !== undefined) return 1
  return ref?.message !== undefined ? 2 : 3
}

/** The distance in px, or null if the point is out of reach of the shape. */
function distanceTo(shape: Shape, x: number, y: number): number | null {
  switch (shape.shape) {
    case 'dot':
    case 'cross': {
      const distance = Math.hypot(x - shape.x, y - shape.y)
      return distance <= Math.max(REACH.dot, shape.r + 2) ? distance : null
    }
    case 'line':
    case 'arrow':
      return within(toSegment(x, y, shape.x1, shape.y1, shape.x2, shape.y2))
    case 'polyline': {
      let nearest = Number.POSITIVE_INFINITY
      const at = shape.points
      for (let i = 0; i + 3 < at.length; i += 2) {
        nearest = Math.min(nearest, toSegment(x, y, at[i]!, at[i + 1]!, at[i + 2]!, at[i + 3]!))
      }
      return within(nearest)
    }
    case 'rect': {
      const inside = x >= shape.x && x <= shape.x + shape.w && y >= shape.y && y <= shape.y + shape.h
      return inside ? 0 : null
    }
    case 'text': {
      const width = shape.text.length * shape.size * LETTER
      const left = shape.x - (shape.align === 'left' ? 0 : shape.align === 'right' ? width : width / 2)
      const inside = x >= left && x <= left + width && Math.abs(y - shape.y) <= shape.size / 2 + 2
      return inside ? 0 : null
    }
    case 'lattice':
      return null // it stands for many messages, and for none of them
  }
}

const within = (distance: number) => (distance <= REACH.line ? distance : null)

function toSegment(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const dx = x2 - x1
  const dy = y2 - y1
  const square = dx * dx + dy * dy
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square))
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy)
}
