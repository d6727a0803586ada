import { canonical } from './canonical.ts'

/** Whether two values are the same plain data: of equal canonical text, which is not made for most. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (!isRecord(a) || !isRecord(b)) return canonical(a) === canonical(b)
  let fields = 0
  for (const key in a) {
    if (a[key] === undefined) continue
    if (!Object.hasOwn(b, key) || !equal(a[key], b[key])) return false
    fields++
  }
  for (const key in b) if (b[key] !== undefined) fields--
  return fields === 0
}

const isRecord = (value: object): value is Record<string, unknown> =>
  !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set)
