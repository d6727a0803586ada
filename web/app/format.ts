/** Figures and values as text for people. */

/** A duration at three significant digits, in the unit that keeps it short. */
export function duration(ns: number): string {
  const size = Math.abs(ns)
  if (size >= 60e9) return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`
  if (size >= 1e9) return `${short(ns / 1e9)} s`
  if (size >= 1e6) return `${short(ns / 1e6)} ms`
  if (size >= 1e3) return `${short(ns / 1e3)} µs`
  return `${Math.round(ns)} ns`
}

const LONG_NS = 10e9

/** When, to the µs: neighbouring events are to be told apart. */
export const moment = (ns: number): string =>
  Math.abs(ns) < LONG_NS ? `${(ns / 1e6).toFixed(3)} ms` : `${(ns / 1e9).toFixed(6)} s`

function short(n: number): string {
  const digits = Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 1 : 2
  return n.toFixed(digits)
}

/** With narrow spaces between thousands, as a table of figures has them. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

export const clock = (ms: number): string => {
  const at = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(
    at.getMinutes(),
  )}:${two(at.getSeconds())}`
}

/**
 * A value of a state or a message, on one line: JSON without the quotes of keys.
 * A Map and a Set as canonical text writes them are shown as what they are.
 */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${plain(k)} → ${plain(v)}`).join(', ')}}`
  if (value instanceof Set) return `{${[...value].map(plain).join(', ')}}`
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`
  const { $map, $set } = value as { $map?: unknown; $set?: unknown }
  if (Array.isArray($map)) return plain(new Map($map as [unknown, unknown][]))
  if (Array.isArray($set)) return plain(new Set($set))
  return `{${Object.entries(value)
    .map(([key, field]) => `${key}: ${plain(field)}`)
    .join(', ')}}`
}

export const VERDICT_MARKS: Readonly<Record<string, string>> = {
  valid: '✓',
  violated: '✗',
  unknown: '?',
  'not seen': '–',
}

export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`
