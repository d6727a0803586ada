/**
 * The one text form of plain data: equal values have equal text, and different
 * values different text. JSON with the keys of records sorted; a `Map` is
 * {"$map": [[key, value] …]} and a `Set` is {"$set": [item …]}, both sorted by
 * the text of their entries. A key of a record that begins with `$` is written
 * with one `$` more, so that a record never reads back as a `Map`.
 *
 * What has no such form is refused, not bent: NaN and Infinity (JSON writes
 * `null`), instances of classes (JSON writes their public fields), holes.
 */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  if (Array.isArray(value)) return `[${Array.from(value, canonical).join(',')}]`
  if (value instanceof Map) return `{"$map":[${entries(value).sort().join(',')}]}`
  if (value instanceof Set) return `{"$set":[${Array.from(value, canonical).sort().join(',')}]}`
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor?.name ?? 'a class'} has no text form`)
  }
  const record = value as Record<string, unknown>
  const fields = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
  return `{${fields.map((key) => `${keyText(key)}:${canonical(record[key])}`).join(',')}}`
}

const entries = (map: Map<unknown, unknown>) => [...map].map(([k, v]) => `[${canonical(k)},${canonical(v)}]`)

const keyText = (key: string) => JSON.stringify(key.startsWith('$') ? `$${key}` : key)

function scalar(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no text form`)
  const text = typeof value === 'bigint' ? undefined : JSON.stringify(value)
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no text form`)
  return text
}

/** The value a canonical text stands for; always a fresh one. */
export function fromCanonical(text: string): unknown {
  return JSON.parse(text, (_, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const keys = Object.keys(value)
    if (keys.length === 1 && keys[0] === '$map') return new Map(value.$map)
    if (keys.length === 1 && keys[0] === '$set') return new Set(value.$set)
    if (!keys.some((key) => key.startsWith('$'))) return value
    return Object.fromEntries(keys.map((key) => [key.startsWith('$') ? key.slice(1) : key, value[key]]))
  })
}
