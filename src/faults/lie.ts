/** A message that says something else in one of its fields, and still fits its shape. */
import { equal } from '../lib/equal.ts'
import type { ProcessId, Tagged } from '../model/process.ts'
import { type AnyShapes, misfit } from '../model/shape.ts'

/** Lies considered of one field; more make no difference. */
const LIES_MAX = 16

/** What a message could say instead in a field of its own, or of the basic message that it carries. */
export function liesAbout(
  message: Tagged,
  field: string,
  ids: readonly ProcessId[],
  shapes: AnyShapes,
): Tagged[] {
  const told = innermost(message)
  if (!Object.hasOwn(told, field)) return []
  const value = (told as Record<string, unknown> & Tagged)[field]
  const label = Object.hasOwn(shapes, told.type) ? (shapes[told.type]![field]?.label ?? '') : ''
  const lies: Tagged[] = []
  for (const other of others(value, ids, label)) {
    const lie = saying(message, field, other)
    if (equal(other, value) || misfit(shapes, lie) !== null) continue
    if (!lies.some((known) => equal(known, lie))) lies.push(lie)
    if (lies.length === LIES_MAX) break
  }
  return lies
}

interface Carrying extends Tagged {
  readonly message?: unknown
}

const carries = ({ type, message }: Carrying): boolean =>
  type === 'basic' && typeof message === 'object' && message !== null

function innermost(message: Carrying): Tagged {
  return carries(message) ? innermost(message.message as Carrying) : message
}

function saying(message: Carrying, field: string, value: unknown): Tagged {
  if (!carries(message)) return { ...message, [field]: value } as Tagged
  return { ...message, message: saying(message.message as Carrying, field, value) } as Tagged
}

/** Values of the same kind, the likeliest lies first. What does not fit is left to the shape to say. */
function others(value: unknown, ids: readonly ProcessId[], label: string): unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1, value - 1, value + 2, value - 2, value + 3, 0]
  if (typeof value === 'string') {
    if (ids.includes(value)) return ids.filter((id) => id !== value)
    return [...(label.includes('|') ? label.split('|') : []), `${value}?`]
  }
  if (value === null) return [...ids, 0, 1, true, '']
  if (Array.isArray(value)) return [...listsLike(value, ids), null]
  if (typeof value === 'object') return recordsLike(value as Record<string, unknown>, ids)
  return []
}

function listsLike(list: readonly unknown[], ids: readonly ProcessId[]): unknown[] {
  const changed = list.flatMap((item, i) => others(item, ids, '').map((other) => list.with(i, other)))
  return [...changed, list.slice(1), list.toReversed()]
}

const recordsLike = (record: Record<string, unknown>, ids: readonly ProcessId[]): unknown[] =>
  Object.entries(record).flatMap(([key, item]) =>
    key === 'type' ? [] : others(item, ids, '').map((other) => ({ ...record, [key]: other })),
  )
