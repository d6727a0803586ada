/**
 * Times and shares as the operator writes them, and as integers inside: a time
 * is in µs, a share in millionths, so that a draw is an integer draw and a text
 * read back is the same number.
 */
import { UsageError } from '../lib/usage-error.ts'

const US_PER = { ms: 1_000, s: 1_000_000 } as const
const MILLIONTHS_PER_PERCENT = 10_000

/** A day; more is a slip of the hand, and in ms it would not fit the 32 bits of a draw for ever. */
const TIME_MAX_US = 24 * 3600 * US_PER.s

const NUMBER = String.raw`(\d+(?:\.\d+)?)`
const TIME = new RegExp(`^${NUMBER}(ms|s)?$`)
const SHARE = new RegExp(`^${NUMBER}%$`)

/** '5ms', '0.25ms', '2s' → µs. `unit` is for a number that has none: the first of a range. */
export function parseTime(text: string, unit?: string): number {
  const [, digits, own = unit] = TIME.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`'${text}' is no time`)
  if (own === undefined) throw new UsageError(`'${text}' has no unit; write ${text}ms or ${text}s`)
  const us = scaled(digits, US_PER[own as keyof typeof US_PER])
  if (us === null) throw new UsageError(`'${text}' is finer than a microsecond`)
  if (us > TIME_MAX_US) throw new UsageError(`'${text}' is more than a day`)
  return us
}

/** '2-10ms', '2ms-1s' → µs, or null if it is no range. */
export function parseRange(text: string): [minUs: number, maxUs: number] | null {
  const [low, high, more] = text.split('-')
  if (low === undefined || high === undefined) return null
  if (more !== undefined) throw new UsageError(`'${text}' is no range; write 2-10ms`)
  const range: [number, number] = [parseTime(low, /m?s$/.exec(high)?.[0]), parseTime(high)]
  if (range[0] > range[1]) throw new UsageError(`'${text}' runs backwards`)
  return range
}

/** '10%', '0.5%' → millionths. */
export function parseShare(text: string): number {
  const digits = SHARE.exec(text)?.[1]
  if (digits === undefined) throw new UsageError(`'${text}' is no percentage; write 10%`)
  const millionths = scaled(digits, MILLIONTHS_PER_PERCENT)
  if (millionths === null) throw new UsageError(`'${text}' is finer than a millionth`)
  if (millionths > 100 * MILLIONTHS_PER_PERCENT) throw new UsageError(`'${text}' is more than 100%`)
  return millionths
}

/** `digits × factor` if that is an integer. By rounding, since 1.1 × 1000 is 1100.0000000000002. */
function scaled(digits: string, factor: number): number | null {
  const exact = Number(digits) * factor
  const rounded = Math.round(exact)
  return Math.abs(exact - rounded) <= rounded * Number.EPSILON * 4 ? rounded : null
}

/** '+50ms', '-20ms' → µs. */
export function parseStep(text: string): number {
  const sign = text[0] === '+' ? 1 : text[0] === '-' ? -1 : 0
  if (sign === 0) throw new UsageError(`'${text}' has no sign; write +${text} or -${text}`)
  const us = parseTime(text.slice(1))
  if (us === 0) throw new UsageError(`'${text}' changes nothing`)
  return sign * us
}

/** Half as fast again, or half as slow: more is no clock. In millionths. */
const DRIFT_MAX_PPM = 500_000

/** '200ppm', '-50ppm' → how many µs a clock gains in a second. */
export function parseDrift(text: string): number {
  const digits = /^\+?(-?\d+)ppm$/.exec(text)?.[1]
  if (digits === undefined) throw new UsageError(`'${text}' is no drift; write 200ppm or -200ppm`)
  const ppm = Number(digits)
  if (ppm === 0) throw new UsageError(`'${text}' changes nothing`)
  if (Math.abs(ppm) > DRIFT_MAX_PPM) throw new UsageError(`'${text}' is more than ${DRIFT_MAX_PPM}ppm`)
  return ppm
}

/** More messages than a run records. */
const NTH_MAX = 1_000_000_000

/** '1st', '22nd' → 1, 22; null if it is no such word. */
export function parseNth(text: string): number | null {
  const digits = /^(\d+)(st|nd|rd|th)$/.exec(text)?.[1]
  if (digits === undefined) return null
  const nth = Number(digits)
  if (nth < 1 || nth > NTH_MAX) throw new UsageError(`'${text}': the first is the 1st`)
  return nth
}

/** An integer over a power of ten is the double nearest to that decimal: its text is the decimal. */
export const timeText = (us: number): string => `${us / US_PER.ms}ms`

export const rangeText = (minUs: number, maxUs: number): string => `${minUs / US_PER.ms}-${timeText(maxUs)}`

export const shareText = (millionths: number): string => `${millionths / MILLIONTHS_PER_PERCENT}%`

export const stepText = (us: number): string => `${us < 0 ? '-' : '+'}${timeText(Math.abs(us))}`

export const driftText = (ppm: number): string => `${ppm}ppm`

export function nthText(nth: number): string {
  const [tens, ones] = [Math.floor(nth / 10) % 10, nth % 10]
  const ending = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th')
  return `${nth}${ending}`
}
