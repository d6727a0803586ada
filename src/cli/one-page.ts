/** Writes runs as one HTML file to hand to somebody who has no testbed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../lib/usage-error.ts'
import { Unavailable } from '../runtimes/experiment.ts'
import { type EmbeddedRun, onePage } from '../trace-format/one-page.ts'
import { EVENTS, NOTES, RECORD } from '../trace-server/run-folder.ts'

const TEMPLATE = fileURLToPath(new URL('../../web/dist/one-page.html', import.meta.url))

/** Before anything runs: without the viewer there would be nothing to write at the end. */
export function checkOnePage(): void {
  if (!existsSync(TEMPLATE))
    throw new UsageError('--html: the viewer is not built; build it with npm run build')
}

/** @param folders of the runs, in the order of the list */
export function writeOnePage(path: string, folders: readonly string[]): void {
  const page = onePage(readFileSync(TEMPLATE, 'utf8'), folders.map(embeddedRun))
  try {
    writeFileSync(path, page)
  } catch (error) {
    throw new Unavailable(`--html ${path}: it cannot be written: ${(error as Error).message}`)
  }
}

export function embeddedRun(folder: string): EmbeddedRun {
  const notes = join(folder, NOTES)
  return {
    record: JSON.parse(readFileSync(join(folder, RECORD), 'utf8')),
    events: readFileSync(join(folder, EVENTS)).toString('base64'),
    notes: existsSync(notes) ? readFileSync(notes, 'utf8') : null,
  }
}
