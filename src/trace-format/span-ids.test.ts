import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSpanId,
  isTraceId,
  parseTraceparent,
  runTag,
  SETUP_SPAN_ID,
  setupTraceId,
  spanId,
  traceId,
  traceparent,
} from './span-ids.ts'

const TAG = '00c0ffee00c0ffee'
const step = fc.tuple(fc.nat(0xfffe), fc.integer({ min: 1, max: 0xffff_ffff }))

describe('derived ids', () => {
  it('are valid, and distinct for distinct events', () => {
    expect(spanId(0, 1)).toBe('0000000100000001')
    expect(traceId(TAG, 19, 255)).toBe('00c0ffee00c0ffee00000014000000ff')
    fc.assert(
      fc.property(step, step, ([p, n], [q, m]) => {
        expect(isSpanId(spanId(p, n)) && isTraceId(traceId(TAG, p, n))).toBe(true)
        expect(spanId(p, n) === spanId(q, m)).toBe(p === q && n === m)
        expect(spanId(p, n)).not.toBe(SETUP_SPAN_ID)
      }),
      { seed: 1 },
    )
    expect(isTraceId(setupTraceId(runTag(0, 0)))).toBe(true)
    expect(runTag(-1, 255)).toBe('ffffffff000000ff')
    expect(isSpanId(SETUP_SPAN_ID) && isTraceId(setupTraceId(TAG))).toBe(true)
  })
})

describe('traceparent', () => {
  it('reads back what was written', () => {
    const context = { traceId: traceId(TAG, 3, 9), spanId: spanId(3, 9) }
    expect(traceparent(context)).toBe('00-00c0ffee00c0ffee0000000400000009-0000000400000009-01')
    expect(parseTraceparent(traceparent(context))).toEqual({ ...context, sampled: true })
  })

  it('refuses what W3C refuses, and reads later versions', () => {
    const ids = `${traceId(TAG, 3, 9)}-${spanId(3, 9)}`
    expect(parseTraceparent(`00-${ids}-00`)).toMatchObject({ sampled: false })
    expect(parseTraceparent(`cc-${ids}-01-what-comes-later`)).not.toBeNull()
    for (const wrong of [
      '',
      `00-${ids}`,
      `00-${ids}-01-more`,
      `ff-${ids}-01`,
      `00-${ids.toUpperCase()}-01`,
      `00-${'0'.repeat(32)}-${spanId(3, 9)}-01`,
      `00-${traceId(TAG, 3, 9)}-${'0'.repeat(16)}-01`,
    ]) {
      expect(parseTraceparent(wrong), wrong).toBeNull()
    }
  })
})
