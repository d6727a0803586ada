import { expect, it } from 'vitest'
import { related } from './foreign-spans.ts'
import type { ForeignSpan } from './otlp-decode.ts'
import { SPAN_KIND } from './span.ts'

const spanOf = (trace: string, id: string, kind: number, parent?: string): ForeignSpan => ({
  traceId: trace.repeat(32),
  spanId: id.padStart(16, '0'),
  ...(parent !== undefined && { parentSpanId: parent.padStart(16, '0') }),
  name: `${trace}/${id}`,
  kind,
  startUnixNs: 1n,
  endUnixNs: 2n,
  service: trace,
  resource: {},
  scope: '',
  attributes: {},
  events: [],
  links: [],
})

it('spans of several traces may have the same ids', () => {
  const pair = (trace: string) => [
    spanOf(trace, '1', SPAN_KIND.producer),
    spanOf(trace, '2', SPAN_KIND.consumer, '1'),
  ]
  const all = related([...pair('1'), ...pair('2'), ...pair('3'), ...pair('2')], () => 0)
  expect(all.map(({ span }) => span.name)).toEqual(['1/1', '1/2', '2/1', '2/2', '3/1', '3/2'])
  const told = all.flatMap(({ span, deliveries, depth }) =>
    deliveries.map((delivery) => `${span.name} → ${delivery.span.name}, ${depth}, ${delivery.depth}`),
  )
  expect(told).toEqual(['1/1 → 1/2, 0, 1', '2/1 → 2/2, 0, 1', '3/1 → 3/2, 0, 1'])
})
