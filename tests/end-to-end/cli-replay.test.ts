/** `replay`, as a person at a terminal meets it: schedules, recorded runs, and what is wrong with one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { alone, emptyFolder, runsIn, testbed } from './testing.ts'

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
