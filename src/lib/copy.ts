/**
 * A deep copy of plain data: JSON values, `Map` and `Set`. Anything else
 * (functions, class instances, promises, NaN and Infinity) is no data and is
 * refused by name: it would not survive being written down.
 */
export function copy<T>(value: T): T {
  return (typeof value === 'object' && value !== null ? copyObject(value) : copyScalar(value)) as T
}

/**
 * The same of what travels as JSON: what its text would not give back is refused or, where JSON
 * itself is silent, left out as it leaves it out. Every message of a simulated run passes here.
 */
export function copyJson<T>(value: T): T {
  return (typeof value === 'object' && value !== null ? copyJsonObject(value) : copyScalar(value)) as T
}

function copyScalar(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not data`)
    return value + 0 // of -0, which JSON writes as 0, this makes 0
  }
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`a ${typeof value} is not data`)
  }
  return value
}

function copyObject(value: object): object {
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)]))
  if (value instanceof Set) return new Set([...value].map(copy))
  refuseInstance(value)
  // A spread keeps the hidden class of what it copies, and is several times as fast as a loop.
  const result: Record<string, unknown> = { ...value }
  for (const key in result) {
    const field = result[key]
    if (typeof field === 'string' || (typeof field === 'number' && isPlain(field))) continue
    put(result, key, copy(field))
  }
  return result
}

function copyJsonObject(value: object): object {
  if (Array.isArray(value)) return Array.from(value, itemOfJson)
  refuseInstance(value)
  const result: Record<string, unknown> = { ...value }
  for (const key in result) {
    const field = result[key]
    if (typeof field === 'string' || (typeof field === 'number' && isPlain(field))) continue
    if (field === undefined) delete result[key]
    else if (typeof field === 'object' && field !== null) put(result, key, copyJsonObject(field))
    else put(result, key, copyScalar(field))
  }
  return result
}

const isPlain = (number: number): boolean => number !== 0 && Number.isFinite(number)

function itemOfJson(item: unknown): unknown {
  if (item === undefined) throw new TypeError('a list with a hole is not data')
  return copyJson(item)
}

function refuseInstance(value: object): void {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor?.name ?? 'a class'} is not data`)
  }
}

/** JSON text may hold the key `__proto__`: assigned to, it would change what the record is. */
function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true })
}
