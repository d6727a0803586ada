/**
 * Runs in one HTML file that needs no server: the viewer, built into one page,
 * with what it would otherwise fetch put into it.
 */
import type { RunRecord } from './run.ts'

export interface EmbeddedRun {
  readonly record: RunRecord
  readonly events: string // events.bin in base64
  readonly notes: string | null
}

/** Where the page keeps its runs. */
export const EMBEDDED_ID = 'embedded-runs'

const PLACE = '<!-- embedded runs -->'

/** @param template the viewer as one page, which has a place for runs */
export function onePage(template: string, runs: readonly EmbeddedRun[]): string {
  const at = template.indexOf(PLACE)
  if (at === -1) throw new Error('the template has no place for runs')
  // Within a script element nothing ends it but `</script`, and what `<!--` opens.
  const json = JSON.stringify(runs).replaceAll('<', '\\u003c')
  const element = `<script type="application/json" id="${EMBEDDED_ID}">${json}</script>`
  return template.slice(0, at) + element + template.slice(at + PLACE.length)
}
