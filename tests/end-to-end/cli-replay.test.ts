/** `replay`, as a person at a terminal meets it: schedules, recorded runs, and what is wrong with one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { alone, emptyFolder, recordIn, runsIn, testbed } from './testing.ts'

/** Money overtakes the marker: what docs/schedule.md shows. */
const OVERTAKEN = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/schedule.md', 'utf8'))![1]!

const replays = (runs: string, ...args: string[]) => testbed(['replay', ...args, '--exit', ...alone(runs)])

function written(text: string): string {
  const file = join(emptyFolder(), 'schedule.json')
  writeFileSync(file, text)
  return file
}

describe('replay', () => {
  test('a schedule: the diagram, the events, the verdict, and the run is kept', async () => {
    const [runs, file] = [emptyFolder(), written(OVERTAKEN)]
    const { code, stdout } = await replays(runs, file)
    expect(code).toBe(1)
    expect(stdout).toMatch(/◄─+money#0─+┤/)
    expect(stdout).toMatch(/violated +CONSISTENT CUT/)
    expect(stdout).toMatch(/broken on purpose: fifo|these are unordered/)
    const [folder] = runsIn(runs)
    const { run, outcome } = JSON.parse(readFileSync(join(folder!, 'run.json'), 'utf8')) as RunRecord
    expect([run.algorithm, run.runtime, outcome?.verdict]).toEqual([
      'chandy-lamport',
      'simulator',
      'violated',
    ])
    expect(run.command).toBe(`npm run testbed -- replay ${file}`)
  })

  test('--json: every indication, the final states and the verdict', async () => {
    const { code, stdout } = await replays(emptyFolder(), written(OVERTAKEN), '--json')
    const document = JSON.parse(stdout)
    expect([code, document.verdict, document.steps.length]).toEqual([1, 'violated', 5])
    expect(document.indications).toContainEqual({
      at: 'p01',
      atMs: 1,
      indication: { type: 'recorded', id: 's' },
    })
    expect(document.states.p00).toMatchObject({ up: true, state: { basic: { balance: 103 } } })
  })

  test('a recorded run, by its name and by its folder, and as a file', async () => {
    const runs = emptyFolder()
    const hosts = ['--runtime', 'libp2p', '--transport', 'memory', '--security', 'plaintext']
    await testbed(['flooding', '--peers', '6', '--seed', '5', ...hosts, '--exit', ...alone(runs)])
    const [folder] = runsIn(runs)
    const id = basename(folder!)
    const statesOf = async (word: string) => {
      const { code, stdout } = await replays(runs, word, '--json')
      expect(code, word).toBe(0)
      return JSON.parse(stdout).states
    }
    const states = await statesOf(id)
    expect(await statesOf(folder!)).toEqual(states)
    const file = join(emptyFolder(), 'saved.json')
    const saved = await testbed(['replay', id, '--runs', runs, '--save', file])
    expect([saved.code, existsSync(file)]).toEqual([0, true])
    expect(saved.stdout).toMatch(/steps.* replay /)
    expect(await statesOf(file)).toEqual(states)
    expect(Object.keys(states)).toHaveLength(6)
  })

  test('a counterexample: the run it was shortened from is made again and kept beside it', async () => {
    const runs = emptyFolder()
    const hasty = ['./tests/browser/hasty-ring.ts', '--seeds', '5', '--peers', '6-7', '--runs', runs]
    expect((await testbed(['sweep', ...hasty, '--no-progress'])).code).toBe(1)
    const file = join(runs, 'counterexamples', 'hasty-ring-1', 'schedule.json')
    const { shortenedFrom: origin } = JSON.parse(readFileSync(file, 'utf8'))
    const { code, stdout } = await replays(runs, file, '--json')
    expect(code).toBe(1)
    const document = JSON.parse(stdout)
    expect(document.runs).toHaveLength(1)
    const short = recordIn(document.runs[0].folder)
    const first = recordIn(document.shortenedFrom.folder)
    expect(document.shortenedFrom.id).toBe(first.run.id)
    expect(short.run.shortenedFrom).toMatchObject({ run: first.run.id, processes: origin.processes })
    expect(short.run.shortenedFrom!.events.length).toBeGreaterThan(2)
    expect([first.run.command, first.outcome!.digest]).toEqual([origin.command, origin.digest])
    expect(first.outcome!.events).toBe(origin.events)
    expect(short.outcome!.events).toBeLessThan(origin.events)
    expect(short.run.startedAtMs, 'the page opens on the short form').toBeGreaterThan(first.run.startedAtMs)
    const again = await replays(emptyFolder(), file)
    expect(again.stdout).toContain(`shortened from ${origin.events} events`)
    const changed = JSON.parse(readFileSync(file, 'utf8'))
    changed.shortenedFrom.digest = 'another'
    const other = await replays(emptyFolder(), written(JSON.stringify(changed)), '--json')
    const [run] = JSON.parse(other.stdout).runs
    expect(run.notes).toContain(
      'the run it was shortened from is another now: the algorithm has changed since',
    )
    expect(recordIn(run.folder).run.shortenedFrom).toMatchObject({ events: [] })
  })

  test('a counterexample whose first run is gone is replayed alone, and that is said', async () => {
    const runs = emptyFolder()
    const schedule = JSON.parse(OVERTAKEN)
    const command = 'npm run testbed -- ./gone.ts --seed 1'
    const lost = { command, events: 9, eventsMax: 99, processes: [] }
    const file = written(JSON.stringify({ ...schedule, shortenedFrom: { ...lost, steps: [] } }))
    const { code, stdout } = await replays(runs, file)
    expect(code).toBe(1)
    expect(stdout).toMatch(/the run it was shortened from cannot be made again: there is no file .\/gone.ts/)
    expect(runsIn(runs)).toHaveLength(1)
    const wrong = written(JSON.stringify({ ...schedule, shortenedFrom: lost }))
    expect((await replays(runs, wrong)).stderr).toContain('shortenedFrom must be an object: command, events')
  })

  test('a step that cannot happen: what could, and nothing is kept', async () => {
    const runs = emptyFolder()
    const file = written(OVERTAKEN.replace('money#0', 'money#1'))
    const { code, stdout, stderr } = await replays(runs, file)
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toBe(
      `${file}: steps[2] 'p01>p00:money#1' cannot happen: ` +
        'p01 has sent 1 money to p00 so far, counted from #0. ' +
        'Enabled here: p01>p00:money#0, p01>p00:marker#0\n',
    )
    expect(runsIn(runs)).toEqual([])
  })

  test.each([
    [['nothing.json'], /there is no file nothing.json, nor a run in /],
    [[], /missing required argument 'file'/],
    [[written('{}')], /schedule.json: format must be "p2p-testbed schedule 1"; docs\/schedule.md/],
    [[written(OVERTAKEN.replace('p01>p00:marker#0', 'p01 jumps'))], /steps\[3\] 'p01 jumps' is no step/],
    [[written(OVERTAKEN.replace('"chandy-lamport"', '"chandy"'))], /no algorithm 'chandy'/],
  ])('%s', async (args, said) => {
    const { code, stdout, stderr } = await replays(emptyFolder(), ...args)
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toMatch(said)
  })
})
