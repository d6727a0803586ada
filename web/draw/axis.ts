/** Where an axis has numbers, and how they read: round steps of 1, 2 or 5, at a comfortable distance. */
import type { Axis } from '../model/run-data.ts'

export interface Tick {
  readonly value: number // ns, or Lamport time
  readonly label: string
}

const DISTANCE_PX = 90 // between two numbers: wide enough for the longest

export function ticks(axis: Axis, from: number, to: number, px: number): Tick[] {
  const span = to - from
  if (!(span > 0) || !(px > 0)) return []
  const rough = (span * DISTANCE_PX) / px
  const step = axis === 'real' ? roundUp(rough) : Math.max(1, roundUp(rough))
  const unit = UNITS.find(({ ns }) => Math.max(Math.abs(from), Math.abs(to)) >= ns) ?? UNITS[3]
  const found: Tick[] = []
  for (let n = Math.ceil(from / step); n * step <= to; n++) {
    const value = n * step
    if (value < from) continue // by a rounding
    found.push({ value, label: axis === 'real' ? timeLabel(value, step, unit) : String(value) })
  }
  return found
}

function roundUp(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10
  return factor * power
}

interface Unit {
  readonly ns: number
  readonly name: string
}

/** All ticks of an axis share the unit of the largest. */
const UNITS = [
  { ns: 1e9, name: 's' },
  { ns: 1e6, name: 'ms' },
  { ns: 1e3, name: 'µs' },
  { ns: 1, name: 'ns' },
] as const

/** A time with just the digits that tell it from its neighbours. */
function timeLabel(ns: number, stepNs: number, unit: Unit): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(stepNs / unit.ns) - 1e-9))
  const text = (ns / unit.ns).toFixed(digits)
  return `${Number(text) === 0 ? text.replace('-', '') : text} ${unit.name}`
}
