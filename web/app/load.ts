/** Reads runs from the trace server the page came from. */
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { RunData } from '../model/run-data.ts'
import { bytesOf, embedded, embeddedRun, lineOf } from './embedded.ts'
import type { RunLine } from './run-line.ts'

const apiOf = (id: string) => `/api/runs/${encodeURIComponent(id)}`

export async function listRuns(): Promise<readonly RunLine[]> {
  if (embedded !== null) return embedded.map(lineOf)
  const response = await answered('/api/runs')
  const body = (await response.json()) as { runs: readonly RunLine[] }
  return body.runs
}

async function readRecord(id: string): Promise<RunRecord> {
  const response = await answered(apiOf(id))
  return (await response.json()) as RunRecord
}

/** The whole of a run; `cutOff` says that its file ends in the middle of a block. */
export async function readRun(id: string): Promise<{ data: RunData; cutOff: boolean }> {
  const [record, bytes] = await (embedded === null ? fetched(id) : unpacked(id))
  const { blocks, cutOff } = readEventsFile(bytes)
  return { data: RunData.of(record, blocks), cutOff }
}

type Read = readonly [RunRecord, Uint8Array]

async function fetched(id: string): Promise<Read> {
  const [record, response] = await Promise.all([readRecord(id), answered(`${apiOf(id)}/events.bin`)])
  return [record, new Uint8Array(await response.arrayBuffer())]
}

async function unpacked(id: string): Promise<Read> {
  const { record, events } = embeddedRun(id)
  return [record, bytesOf(events)]
}

/** The NOTES of the run's algorithm as Markdown; null if there are none. */
export async function readNotes(id: string): Promise<string | null> {
  if (embedded !== null) return embeddedRun(id).notes
  const response = await fetch(`${apiOf(id)}/notes`)
  if (response.status === 204) return null
  if (!response.ok) throw new Error(await complaint(response))
  return response.text()
}

export const liveUrl = (id: string): string => `${apiOf(id)}/live`

async function answered(url: string): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(await complaint(response))
  return response
}

/** The server says in words what is wrong, as `message`. */
async function complaint(response: Response): Promise<string> {
  try {
    const { message } = (await response.json()) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // no JSON: the status says it
  }
  return `the server answered ${response.status} ${response.statusText}`
}
