/** A token bucket for each peer: `burst` at once, and `perSecond` in the long run; more is dropped. */
import type { ProcessId } from '../../model/process.ts'

export type Allowances = Map<ProcessId, { tokens: number; sinceMs: number }>

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

const grown = (tokens: number, sinceMs: number, nowMs: number, { perSecond, burst }: Rate) =>
  Math.min(burst, tokens + (Math.max(0, nowMs - sinceMs) * perSecond) / 1000)

/** Whether one more of this peer is within its allowance, and takes it. */
export function isAllowed(allowances: Allowances, peer: ProcessId, nowMs: number, rate: Rate): boolean {
  const { tokens, sinceMs } = allowances.get(peer) ?? { tokens: rate.burst, sinceMs: nowMs }
  const now = grown(tokens, sinceMs, nowMs, rate)
  const fits = now >= 1
  allowances.set(peer, { tokens: fits ? now - 1 : now, sinceMs: nowMs })
  return fits
}

/** Forgets those whose bucket is full again: they are as if they had never been heard of. */
export function forgetIdle(allowances: Allowances, nowMs: number, rate: Rate): void {
  for (const [peer, { tokens, sinceMs }] of allowances) {
    if (grown(tokens, sinceMs, nowMs, rate) >= rate.burst) allowances.delete(peer)
  }
}
