/**
 * Colours for the values of a field: numbers along a ramp, other values by category. Pure. A colour is
 * never alone: the value stands beside the name of its process, and the legend names what is shown.
 */
import type { RampTone, Tone } from './shapes.ts'

export type Scale =
  | { readonly kind: 'ramp'; readonly low: number; readonly high: number }
  | { readonly kind: 'categories'; readonly values: readonly string[]; readonly more: number }

/** As many as the palette of the message types keeps apart. */
const CATEGORIES_MOST = 8
const STEPS = 7

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/

/** Of all values that are to be told apart; null where a process has none. */
export function scaleOf(values: Iterable<string | null>): Scale {
  const known = new Set<string>()
  for (const value of values) if (value !== null) known.add(value)
  const texts = [...known]
  if (texts.length > 0 && texts.every((text) => NUMBER.test(text))) {
    const [low, high] = texts
      .map(Number)
      .reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)] as [number, number], [
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      ] as [number, number])
    return { kind: 'ramp', low, high }
  }
  const inOrder = texts.toSorted((a, b) => (a < b ? -1 : 1))
  const shown = inOrder.slice(0, CATEGORIES_MOST)
  return { kind: 'categories', values: shown, more: inOrder.length - shown.length }
}

/** Muted for no value, and for a category beyond those that have a colour. */
export function toneOf(scale: Scale, text: string | null): Tone {
  if (text === null) return 'muted'
  if (scale.kind === 'categories') {
    const at = scale.values.indexOf(text)
    return at === -1 ? 'muted' : at
  }
  const share = scale.high === scale.low ? 0.5 : (Number(text) - scale.low) / (scale.high - scale.low)
  return rampTone(share)
}

export const rampTone = (share: number): RampTone =>
  `ramp-${Math.min(STEPS - 1, Math.max(0, Math.floor(share * STEPS))) as 0 | 1 | 2 | 3 | 4 | 5 | 6}`

/** All steps of the ramp, for a legend. */
export const RAMP_TONES: readonly RampTone[] = Array.from({ length: STEPS }, (_, i) => rampTone(i / STEPS))
