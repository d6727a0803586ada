import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSchedule, SCHEDULE_FORMAT } from '../schedule.ts'
import { testText, writeCounterexample } from './counterexample.ts'
import { THROWS } from './trial.ts'

// In the project, as it imports from there.
mkdirSync('runs', { recursive: true })
const folder = mkdtempSync(join('runs', 'counterexample-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const steps = ['p01 asked {"type":"takeSnapshot","id":"s"}', 'p01>p00', 'lose p00>p01']
const schedule = readSchedule(
  JSON.stringify({
    format: SCHEDULE_FORMAT,
    algorithm: 'chandy-lamport',
    peers: 2,
    options: { spendings: 0 },
    steps,
  }),
  'it',
)

test('a schedule, a picture and a test, which is green as long as it is broken', async () => {
  const shrunk = { schedule, property: 'TERMINATION', stepsBefore: 70 }
  const paths = await writeCounterexample(folder, shrunk, { provedShortest: 'proved shortest' })
  const written = readFileSync(paths.schedule, 'utf8')
  expect(readSchedule(written, 'it').steps).toEqual(schedule.steps)
  const picture = readFileSync(paths.picture, 'utf8')
  expect(picture).toContain('TERMINATION is broken in 3 steps, of 70; proved shortest')
  expect(picture).toContain('  2  p01>p00\n')
  expect(picture).toMatch(/◄─+marker#0─+┤/)
  expect(picture).toMatch(/violated +TERMINATION/)
  const vitest = resolve('node_modules/vitest/vitest.mjs')
  const run = [vitest, '--run', '--root', resolve(folder)]
  const out = execFileSync(process.execPath, run, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  expect(out).toMatch(/1 passed/)
}, 60_000)

test('the test of an algorithm from a file imports it, and one of a handler that throws says so', () => {
  const mine = { ...schedule, algorithm: './mine.ts' }
  const text = testText(mine, THROWS, 'runs/counterexamples/mine-1')
  expect(text).toContain(`import { entry } from '../../../mine.ts'`)
  expect(text).toContain(`import { replayed } from '../../../src/harness/replayed.ts'`)
  expect(text).toContain('replayed(schedule, entry)')
  expect(text).toContain(`toBe('HandlerThrew')`)
  expect(text).not.toContain('testing.ts')
})
