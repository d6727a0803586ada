/** The least that any receiver of OTLP JSON does: bytes to text to values. */
import { answer, task } from '../answer.ts'
import { bodies } from '../bodies.ts'

const { spans: atLeast } = task<{ spans: number }>()
const { bodies: requests, spans } = bodies(atLeast)
let parsed = 0
let bytes = 0
const beganMs = performance.now()
for (const body of requests) {
  const { resourceSpans } = JSON.parse(body.toString('utf8')) as {
    resourceSpans: { scopeSpans: { spans: unknown[] }[] }[]
  }
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) parsed += scope.spans.length
  bytes += body.length
}
const ms = performance.now() - beganMs
if (parsed !== spans) throw new Error(`${parsed} spans of ${spans}`)
const perSecond = (spans / ms) * 1000
answer({ figures: { perSecond, diskPerSecond: perSecond }, work: { spans, bytes } })
