/**
 * Plain data in few signs, for a person: `pings: 3, heard: {p01, p02}, left: {p03: 4}`.
 * It cannot be read back; `canonical` can.
 */
export function brief(value: unknown): string {
  return typeof value === 'object' && value !== null && isRecord(value)
    ? fields(Object.entries(value))
    : inner(value)
}

function inner(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  if (value instanceof Set) return `{${[...value].map(inner).join(', ')}}`
  return `{${fields(value instanceof Map ? [...value] : Object.entries(value))}}`
}

const fields = (pairs: readonly (readonly [unknown, unknown])[]) =>
  pairs
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${inner(key)}: ${inner(value)}`)
    .join(', ')

const isRecord = (value: object) => !(Array.isArray(value) || value instanceof Map || value instanceof Set)
