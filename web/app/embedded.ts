/** The runs that were put into the page itself, for a page without a server. */
import { EMBEDDED_ID, type EmbeddedRun } from '../../src/trace-format/one-page.ts'
import type { RunLine } from './run-line.ts'

/** Null where the page has a server to ask. */
export const embedded: readonly EmbeddedRun[] | null = read()

function read(): readonly EmbeddedRun[] | null {
  const text = document.getElementById(EMBEDDED_ID)?.textContent
  return text === undefined || text === null ? null : JSON.parse(text)
}

export function embeddedRun(id: string): EmbeddedRun {
  const run = embedded?.find(({ record }) => record.run.id === id)
  if (run === undefined) throw new Error('it is not in this page')
  return run
}

export function lineOf({ record: { run, outcome } }: EmbeddedRun): RunLine {
  const { id, algorithm, runtime, seed, faults, startedAtMs } = run
  return {
    ...{ id, algorithm, runtime, seed, faults, startedAtMs },
    state: 'finished',
    why: null,
    processes: run.processes.length,
    verdict: outcome?.verdict ?? null,
    events: outcome?.events ?? null,
    durationMs: outcome?.durationMs ?? null,
    shortenedFrom: run.shortenedFrom?.run ?? null,
  }
}

export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
