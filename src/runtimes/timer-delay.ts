import type { Random } from '../lib/prng.ts'

/**
 * How long a timer waits, in whole µs, drawn from [minMs, maxMs]. The dice have 2^32 faces:
 * intervals wider than that many µs (an hour and more) are drawn in ms.
 */
export function drawDelayUs(minMs: number, maxMs: number, random: Random): number {
  const [minUs, maxUs] = [Math.round(minMs * 1000), Math.round(maxMs * 1000)]
  const spanUs = maxUs - minUs
  if (spanUs < 0xffff_ffff) return minUs + random.below(spanUs + 1)
  return minUs + random.below(Math.min(0xffff_ffff, Math.floor(spanUs / 1000)) + 1) * 1000
}
