/**
 * The golden runs of an algorithm: the scenarios of a folder, each with the text
 * it should have and the text it has now. `UPDATE=1` writes the latter; read the
 * diff, and commit it only if you understand what caused it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { playScenario } from './scenario.ts'

export interface GoldenRun {
  readonly name: string // of the file
  /** What the file holds, and what the run is now. Equal after an update. */
  readonly play: () => Promise<{ readonly written: string; readonly played: string }>
}

/** The scenarios `*.txt` of a folder, in the order of their names. */
export function goldenRuns(folder: URL, update = process.env.UPDATE === '1'): GoldenRun[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  return names.sort().map((name) => ({
    name,
    async play() {
      const path = new URL(name, folder)
      const written = readFileSync(path, 'utf8')
      const played = await playScenario(written)
      if (!update || played === written) return { written, played }
      writeFileSync(path, played)
      return { written: played, played }
    },
  }))
}
