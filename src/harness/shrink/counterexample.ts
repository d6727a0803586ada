/** What is left of a failure for people: its schedule, a picture of it, and a test to paste. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import { stepLine } from '../../model/step.ts'
import { picture } from '../picture.ts'
import { replayed } from '../replayed.ts'
import { type Origin, type Schedule, writeSchedule } from '../schedule.ts'
import { eventLines, verdictLines } from '../transcript.ts'
import type { Shrunk } from './shrink.ts'
import { THROWS } from './trial.ts'

export interface Counterexample {
  /** How the schedule is known to be no longer than it must, if it is: for the reader. */
  readonly provedShortest?: string
  /** The run it was shortened from, if that can be made again. */
  readonly shortenedFrom?: Origin
  readonly entry?: CatalogueEntry // if it is in no catalogue; then the schedule says the file
}

export const FILES = { schedule: 'schedule.json', picture: 'picture.txt', test: 'counterexample.test.ts' }

/** Where this project is. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Writes the three files into a folder, and returns their paths. */
export async function writeCounterexample(
  folder: string,
  shrunk: Pick<Shrunk, 'schedule' | 'property'> & Partial<Pick<Shrunk, 'stepsBefore'>>,
  { provedShortest, shortenedFrom, entry }: Counterexample = {},
): Promise<Record<keyof typeof FILES, string>> {
  const { property, stepsBefore } = shrunk
  const steps = shrunk.schedule.steps.length
  const from = stepsBefore === undefined ? '' : `, of ${stepsBefore}`
  const proof = provedShortest === undefined ? '' : `; ${provedShortest}`
  const about = `${property} is broken in ${count(steps)}${from}${proof}`
  const schedule = { ...shrunk.schedule, about, ...(shortenedFrom === undefined ? {} : { shortenedFrom }) }
  const paths = {
    schedule: join(folder, FILES.schedule),
    picture: join(folder, FILES.picture),
    test: join(folder, FILES.test),
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(paths.schedule, writeSchedule(schedule))
  writeFileSync(paths.picture, await pictureText(schedule, entry))
  writeFileSync(paths.test, testText(schedule, property, folder))
  return paths
}

/** The steps, the diagram, everything that happened, and the verdict. */
export async function pictureText(schedule: Schedule, entry?: CatalogueEntry): Promise<string> {
  const run = await replayed(schedule, entry)
  const { algorithm, over, peers, channels, about } = schedule
  const what = over === undefined ? algorithm : `${algorithm} over ${over}`
  const title = `${what}, ${peers} processes, channels: ${channels}`
  return [
    title,
    ...(about === undefined ? [] : [about]),
    '',
    ...schedule.steps.map((step, i) => `${String(i + 1).padStart(3)}  ${stepLine(step)}`),
    '',
    ...picture(run.history, run.plan.topology.ids),
    '',
    ...eventLines(run.history),
    '',
    ...verdictLines(run),
    '',
  ].join('\n')
}

/** A test that is green as long as the promise is broken so. */
export function testText(schedule: Schedule, property: string, folder: string): string {
  const { algorithm, steps } = schedule
  const isFile = /[./\\]/.test(algorithm)
  const from = (path: string) => {
    const way = relative(resolve(folder), path).replaceAll('\\', '/')
    return `'${way.startsWith('.') ? way : `./${way}`}'`
  }
  const harness = (file: string) => from(join(ROOT, 'src/harness', file))
  const expected =
    property === THROWS
      ? `expect(run.conducted.failure?.name).toBe('HandlerThrew')`
      : `expect(broken(run)).toContain(${quoted(property)})`
  return [
    `// ${schedule.about ?? `${property} is broken in ${count(steps.length)}`}.`,
    `// See it: npm run testbed -- replay ${FILES.schedule}`,
    `import { readFileSync } from 'node:fs'`,
    `import { expect, test } from 'vitest'`,
    ...(isFile ? [`import { entry } from ${from(resolve(algorithm))}`] : []),
    `import { replayed } from ${harness('replayed.ts')}`,
    `import { readSchedule } from ${harness('schedule.ts')}`,
    ...(property === THROWS ? [] : [`import { broken } from ${harness('testing.ts')}`]),
    '',
    `test(${quoted(`${algorithm}: ${property}`)}, async () => {`,
    `  const file = new URL('./${FILES.schedule}', import.meta.url)`,
    `  const schedule = readSchedule(readFileSync(file, 'utf8'), '${FILES.schedule}')`,
    `  const run = await replayed(schedule${isFile ? ', entry' : ''})`,
    '  // Once it is mended it is not broken any more, or the schedule cannot happen.',
    `  ${expected}`,
    '})',
    '',
  ].join('\n')
}

const count = (steps: number): string => (steps === 1 ? '1 step' : `${steps} steps`)

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`
