import { type AnyShapes, misfit } from '../../model/shape.ts'
import type { Sent } from '../sent.ts'
import type { Transit } from './transit.ts'

/**
 * A frame was refused. If it is of a message that no receiver would take, it is the algorithm of its
 * sender that is wrong: a sentence that says so, or null.
 */
export function wronglySent(transit: Transit, from: number, at: number, shapes: AnyShapes): string | null {
  const wrong = ({ text }: Sent) => misfit(shapes, JSON.parse(text))
  const own = transit.find(from, at, (sent) => wrong(sent) !== null)
  if (own === undefined) return null
  return `sent a message that does not fit its shape: ${wrong(own)} in ${own.text}`
}
