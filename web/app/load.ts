/** Reads runs from the trace server the page came from. */
import { decodeBlock, readEventsFile } from '../../src/trace-format/block-codec.ts'
import type { Block } from '../../src/trace-format/events.ts'
import type { Outline } from '../../src/trace-format/outline.ts'
import { decodeOutline, OUTLINE_PREFIX_BYTES, outlineBytes } from '../../src/trace-format/outline-codec.ts'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { PagedBodies } from '../model/bodies.ts'
import { RunData } from '../model/run-data.ts'
import { dropped, droppedRun, lineOfDropped } from './dropped.ts'
import { bytesOf, embedded, embeddedRun, lineOf } from './embedded.ts'
import type { RunLine } from './run-line.ts'

const apiOf = (id: string) => `/api/runs/${encodeURIComponent(id)}`

export async function listRuns(): Promise<readonly RunLine[]> {
  const own = dropped.peek().map(lineOfDropped)
  if (embedded !== null) return [...own, ...embedded.map(lineOf)]
  const response = await answered('/api/runs')
  const body = (await response.json()) as { runs: readonly RunLine[] }
  return [...own, ...body.runs]
}

async function readRecord(id: string): Promise<RunRecord> {
  const response = await answered(apiOf(id))
  return (await response.json()) as RunRecord
}

/** Up to so many events a run is read with all that they say; of a longer one that is fetched when seen. */
const WHOLE_MOST = 250_000

export interface ReadRun {
  readonly data: RunData
  readonly cutOff: boolean // its file ends in the middle of a block
}

/** `arrived` is told when something that was looked at is there. */
export async function readRun(id: string, arrived: (problem: unknown) => void): Promise<ReadRun> {
  const own = droppedRun(id)
  if (own !== null) return { data: RunData.of(own.record, own.blocks), cutOff: false }
  if (embedded !== null) return readWhole(...unpacked(id))
  const record = await readRecord(id)
  if ((record.outcome?.events ?? 0) > WHOLE_MOST) {
    return { data: await readOutline(id, record, arrived), cutOff: false }
  }
  const response = await answered(`${apiOf(id)}/events.bin`)
  return readWhole(record, new Uint8Array(await response.arrayBuffer()))
}

function readWhole(record: RunRecord, bytes: Uint8Array): ReadRun {
  const { blocks, cutOff } = readEventsFile(bytes)
  return { data: RunData.of(record, blocks), cutOff }
}

async function readOutline(
  id: string,
  record: RunRecord,
  arrived: (problem: unknown) => void,
): Promise<RunData> {
  const response = await answered(`${apiOf(id)}/outline.bin`)
  const block = async (index: number) => {
    const its = await answered(`${apiOf(id)}/blocks/${index}`)
    return decodeBlock(new Uint8Array(await its.arrayBuffer()))
  }
  const data = RunData.outlined(record, new PagedBodies(block, arrived))
  for await (const stretch of stretches(response)) data.appendOutline(stretch)
  return data
}

/** The stretches of an outline as they come in; each is good until the next is asked for. */
async function* stretches(response: Response): AsyncGenerator<Outline> {
  const reader = response.body!.getReader()
  let held = new Uint8Array(HELD_BYTES)
  let filled = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (filled + value.length > held.length) {
      const wider = new Uint8Array(2 * (filled + value.length))
      wider.set(held.subarray(0, filled))
      held = wider
    }
    held.set(value, filled)
    filled += value.length
    let at = 0
    for (;;) {
      const bytes = held.subarray(at, filled)
      if (bytes.length < OUTLINE_PREFIX_BYTES || outlineBytes(bytes, 0) > bytes.length) break
      const end = at + outlineBytes(bytes, 0)
      yield decodeOutline(held.subarray(at, end))
      at = end
    }
    held.copyWithin(0, at, filled)
    filled -= at
  }
  if (filled > 0) throw new Error('the outline ended before its end')
}

const HELD_BYTES = 1 << 20 // some stretches: as much as comes in at once

/** Positions of the events whose payload says a text; of a run that is not wholly here. */
export async function searchRun(id: string, text: string): Promise<Uint32Array> {
  const response = await answered(`${apiOf(id)}/search?text=${encodeURIComponent(text)}`)
  return new Uint32Array(await response.arrayBuffer())
}

function unpacked(id: string): readonly [RunRecord, Uint8Array] {
  const { record, events } = embeddedRun(id)
  return [record, bytesOf(events)]
}

/** Whether no server has it. */
export const isInPage = (id: string): boolean => droppedRun(id) !== null || embedded !== null

/** The blocks of a run that is in the page itself. */
export const blocksInPage = (id: string): readonly Block[] =>
  droppedRun(id)?.blocks ?? readEventsFile(unpacked(id)[1]).blocks

/** The NOTES of the run's algorithm as Markdown; null if there are none. */
export async function readNotes(id: string): Promise<string | null> {
  if (droppedRun(id) !== null) return null
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
