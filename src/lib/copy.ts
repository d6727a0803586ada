/**
 * A deep copy of plain data: JSON values, `Map` and `Set`. Anything else
 * (functions, class instances, promises, NaN and Infinity) is no data and is
 * refused by name: it would not survive being written down.
 */
export function copy<T>(value: T): T {
  return (typeof value === 'object' && value !== null ? copyObject(value) : copyScalar(value)) as T
}

function copyScalar(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`a ${typeof value} is not data`)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not data`)
  return value
}

function copyObject(value: object): object {
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)]))
  if (value instanceof Set) return new Set([...value].map(copy))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an instance of ${value.constructor?.name ?? 'a class'} is not data`)
  }
  const result: Record<string, unknown> = {}
  for (const key in value) put(result, key, copy((value as Record<string, unknown>)[key]))
  return result
}

/** JSON text may hold the key `__proto__`: assigned to, it would change what the record is. */
function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true })
}
