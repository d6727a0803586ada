/** OTLP into our server: on disk when it answers, and then as the columns that a page reads. */
import { answer, task } from '../answer.ts'
import { bodies } from '../bodies.ts'
import { startServer } from './start-server.ts'

const { spans: atLeast } = task<{ spans: number }>()
const { bodies: requests, spans } = bodies(atLeast)
const server = await startServer()
let rejected = 0
const beganMs = performance.now()
for (const body of requests) {
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: new Uint8Array(body),
  })
  const said = (await response.json()) as { partialSuccess?: { rejectedSpans?: string } }
  if (!response.ok || said.partialSuccess !== undefined) rejected++
}
const diskMs = performance.now() - beganMs
const { runs } = (await (await fetch(`${server.url}/api/runs`)).json()) as { runs: { id: string }[] }
const columns = await (await fetch(`${server.url}/api/runs/${runs[0]!.id}/events.bin`)).bytes()
const columnsMs = performance.now() - beganMs
await server.stop()
if (rejected > 0 || runs.length !== 1 || columns.length < 25 * spans) {
  throw new Error(`${rejected} requests refused, ${runs.length} runs, ${columns.length} bytes of columns`)
}
const bytes = requests.reduce((sum, { length }) => sum + length, 0)
answer({
  figures: { diskPerSecond: (spans / diskMs) * 1000, perSecond: (spans / columnsMs) * 1000 },
  work: { spans, bytes },
})
