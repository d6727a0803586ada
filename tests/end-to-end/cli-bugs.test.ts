/**
 * An algorithm or a property that throws: exit 70, who and why, the command that
 * repeats it, and the run is kept.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { EventReader } from '../../src/trace-format/history-reader.ts'
import { alone, emptyFolder, recordIn, runsIn, stackLines, testbed } from './testing.ts'

const bank = JSON.stringify(resolve('src/algorithms/bank/index.ts'))

const handlerThrows = `import { entry as bank } from ${bank}
export const entry = {
  ...bank,
  name: 'bad',
  make: (options) => {
    const { initial, upon } = bank.make(options)
    const money = ({ amount }) => { throw new Error('no money today: ' + amount) }
    return { initial, upon: (context, state) => ({ ...upon(context, state), message: { money } }) }
  },
}
`

const propertyThrows = `import { entry as bank } from ${bank}
const upon = (memory, event) => { if (event.kind === 'deliver') throw new Error('the checker is at a loss') }
const hasty = { name: 'HASTY', kind: 'always', initial: () => ({}), upon }
export const entry = { ...bank, name: 'bad', properties: (options) => [...bank.properties(options), hasty] }
`

async function failed(source: string, runtime: string) {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'bad.ts'), source)
  const args = ['./bad.ts', '--runtime', runtime, '--peers', '3', '--exit', ...alone('kept')]
  const { code, stdout, stderr } = await testbed([...args, '--seed', '21'], { cwd })
  const [folder, ...more] = runsIn(join(cwd, 'kept'))
  expect(more).toEqual([])
  const { blocks, cutOff } = readEventsFile(readFileSync(join(folder!, 'events.bin')))
  const reader = new EventReader()
  const events = blocks.flatMap((block) => [...reader.read(block)])
  return { code, stdout, stderr, cutOff, events, record: recordIn(folder!) }
}

describe.concurrent('our bug', { timeout: 60_000 }, () => {
  test.for(['libp2p', 'simulator'])('a handler that throws, %s', async (runtime) => {
    const { code, stderr, events, cutOff, record } = await failed(handlerThrows, runtime)
    expect(code, stderr).toBe(70)
    expect(stderr).toMatch(/\bp0[0-2] threw while handling .*: no money today: 1/)
    expect(stderr).toMatch(/repeat it: npm run testbed -- .\/bad.ts --runtime .*--seed 21\n/)
    expect(stackLines(stderr)[0], 'the line of the algorithm comes first').toMatch(/bad\.ts:7:/)
    expect(cutOff).toBe(false)
    expect(events.at(-1)).toMatchObject({ kind: 'throw' })
    expect(events.at(-1)!.text).toContain('no money today')
    expect(record.outcome).toMatchObject({ verdict: 'unknown', ended: 'failed', events: events.length })
  })

  test.for(['libp2p', 'simulator'])('a property that throws, %s', async (runtime) => {
    const { code, stderr, events, record } = await failed(propertyThrows, runtime)
    expect(code, stderr).toBe(70)
    expect(stderr).toMatch(/the property HASTY threw at event \d+ .*: the checker is at a loss/)
    expect(stderr).toMatch(/repeat it: npm run testbed -- .\/bad.ts .*--seed 21\n/)
    expect(events.some(({ kind }) => kind === 'deliver')).toBe(true)
    expect(record.outcome).toMatchObject({ verdict: 'unknown', events: events.length })
  })
})
