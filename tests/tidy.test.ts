/**
 * Checks the shape of the source itself: who may import whom, what is banned
 * where and what to use instead, how large things may grow, what a folder of an
 * algorithm holds. The checks are themselves checked, on planted offences.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SERVICES } from '../src/algorithms/index.ts'
import {
  algorithmComplaints,
  banComplaints,
  cycles,
  foreignComplaints,
  importComplaints,
  sizeComplaints,
} from './tidy/checks.ts'
import { BANNED_FOLDERS, FOREIGN_PLACES, layers, NOTES_HEADINGS } from './tidy/rules.ts'
import { parse } from './tidy/source.ts'

const list = (folder: string) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
const within = (entries: ReturnType<typeof list>) =>
  entries.map((entry) => join(entry.parentPath, entry.name))
const outside = /(^|\/)(node_modules|dist|runs)(\/|$)/
const entries = ['src', 'tests', 'web', 'docs', 'bin']
  .flatMap(list)
  .filter(({ parentPath, name }) => !outside.test(join(parentPath, name)))
const files = within(entries.filter((entry) => entry.isFile()))
const folders = within(entries.filter((entry) => entry.isDirectory()))
const read = (path: string) => readFileSync(path, 'utf8')
const sources = files.filter((path) => /\.tsx?$/.test(path)).map((path) => parse(path, read(path)))

describe('the source', () => {
  test('imports point downwards', () => expect(importComplaints(sources)).toEqual([]))
  test('no file imports itself in a circle', () => expect(cycles(sources)).toEqual([]))
  test('nothing banned', () => expect(sources.flatMap(banComplaints)).toEqual([]))
  test('nothing outgrows its size', () => expect(sources.flatMap(sizeComplaints)).toEqual([]))

  test('no folder is a drawer', () => {
    expect(folders.filter((path) => BANNED_FOLDERS.includes(path.split('/').at(-1)!))).toEqual([])
  })

  test('the project speaks only of itself', () => {
    const texts = [...files, ...readdirSync('.').filter((path) => path.endsWith('.md'))]
    const written = texts.filter((path) => /\.(tsx?|js|md|txt|json|html|css)$/.test(path))
    expect(written.flatMap((path) => foreignComplaints(path, read(path)))).toEqual([])
  })

  test('every algorithm has its folder complete', () => {
    const names = folders.flatMap((path) => /^src\/algorithms\/([^/]+)$/.exec(path)?.[1] ?? [])
    const complaints = names.flatMap((name) => {
      const folder = `src/algorithms/${name}/`
      const own = files.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length))
      const notes = own.includes('NOTES.md') ? read(`${folder}NOTES.md`) : ''
      return algorithmComplaints(name, own, notes, SERVICES.includes(name))
    })
    expect(complaints).toEqual([])
  })

  test('the map lists the folders there are, from the bottom up', () => {
    const listed = [...read('src/README.md').matchAll(/^- `(.*?)\/`/gm)].map(([, path]) => `src/${path}`)
    const there = folders.filter((path) => /^src\/(runtimes\/)?[^/]+$/.test(path))
    expect(listed.toSorted()).toEqual(there.toSorted())
    const order = Object.keys(layers).filter((part) => listed.includes(part))
    expect(listed.filter((part) => order.includes(part))).toEqual(order)
  })
})

test('the layers have no cycle', () => {
  const order = Object.keys(layers)
  for (const [part, { parts }] of Object.entries(layers)) {
    for (const target of parts)
      expect(order.indexOf(target), `${part} → ${target}`).toBeLessThan(order.indexOf(part))
    for (const target of parts) expect(order, `${part} → ${target}`).toContain(target)
  }
})

describe('planted offences are caught', () => {
  const imports = (path: string, ...targets: string[]) =>
    importComplaints([parse(path, targets.map((target) => `import '${target}'`).join('\n'))])
  const banned = (path: string, text: string) => banComplaints(parse(path, text))

  test('imports: upwards, sideways, of types, again exported, on demand, of packages', () => {
    const forms = [
      `import { a } from '../harness/a.ts'`,
      `import type { A } from '../harness/a.ts'`,
      `export * from '../harness/a.ts'`,
      `export { a } from '../harness/a.ts'`,
      `const a = await import('../harness/a.ts')`,
      `type A = import('../harness/a.ts').A`,
      `import '../harness/a.ts'`,
    ]
    for (const form of forms) {
      const complaint = ['src/model/x.ts:2: src/model may not import src/harness/a.ts']
      expect(importComplaints([parse('src/model/x.ts', `// first line\n${form}`)]), form).toEqual(complaint)
    }
    expect(importComplaints([parse('src/model/x.ts', `// import '../harness/a.ts'`)])).toEqual([])
    const offences: [string, string][] = [
      ['src/model/x.ts', 'node:fs'],
      ['src/lib/x.ts', '../model/y.ts'],
      ['src/algorithms/ring/index.ts', '../bank/bank.ts'],
      ['src/algorithms/ring/ring.ts', '../../topology/predicates.ts'],
      ['src/algorithms/ring/ring.ts', 'leven'],
      ['src/algorithms/index.ts', './ring/index.ts'],
      ['src/runtimes/cell.ts', './libp2p/run.ts'],
      ['src/runtimes/simulator/x.ts', '../libp2p/run.ts'],
      ['src/runtimes/simulator/x.ts', 'libp2p'],
      ['src/harness/x.ts', '../telemetry/y.ts'],
      ['src/harness/x.ts', '@opentelemetry/api'],
      ['src/trace-server/x.ts', '../model/y.ts'],
      ['src/testbed.ts', 'express'],
      ['web/x.ts', '../src/model/y.ts'],
      ['src/drawer/x.ts', './y.ts'],
      ['src/model/x.ts', './testing.ts'],
    ]
    for (const [path, target] of offences)
      expect(imports(path, target), `${path} ← ${target}`).toHaveLength(1)
  })

  test('imports that are lawful', () => {
    expect(imports('src/algorithms/ring/ring.ts', '../../model/x.ts', '../../lib/x.ts')).toEqual([])
    expect(imports('src/algorithms/ring/index.ts', '../../topology/x.ts', '../../checkers/x.ts')).toEqual([])
    expect(imports('src/runtimes/libp2p/x.ts', '../cell.ts', '../../faults/x.ts', '@libp2p/tcp')).toEqual([])
    expect(imports('src/cli/x.ts', '../testbed.ts', '../trace-server/x.ts', 'commander')).toEqual([])
    expect(imports('src/model/x.test.ts', '../harness/x.ts', 'vitest')).toEqual([])
    const onDemand = parse('src/algorithms/index.ts', `export const ring = () => import('./ring/index.ts')`)
    expect(importComplaints([onDemand])).toEqual([])
  })

  test('a main file may not reach upwards through its own folder either', () => {
    const main = parse('src/algorithms/ring/ring.ts', `import './table.ts'`)
    const table = parse('src/algorithms/ring/table.ts', `import '../../checkers/x.ts'`)
    expect(importComplaints([table])).toEqual([])
    expect(importComplaints([main, table])).toHaveLength(1)
  })

  test('circles', () => {
    const [a, b] = [
      parse('src/lib/a.ts', `import './b.ts'`),
      parse('src/lib/b.ts', `import type { A } from './a.ts'`),
    ]
    expect(cycles([a, b])).toEqual(['src/lib/a.ts → src/lib/b.ts → src/lib/a.ts'])
    expect(cycles([a, parse('src/lib/b.ts', `export const a = () => import('./a.ts')`)])).toEqual([])
  })

  test('bans, in whatever guise', () => {
    const offences = [
      'Math.random()',
      `Math['random']()`,
      'globalThis.Math.random()',
      'const { random } = Math',
      'pick(Math.random)',
      'Date.now()',
      'new Date(0)',
      'performance.now()',
      'process.hrtime.bigint()',
      'setTimeout(f, 1)',
      'globalThis.setInterval(f, 1)',
      'later(setImmediate)',
      'const all = { queueMicrotask }',
      `console.log('x')`,
      'export default 1',
      'const a = 1; export { a as default }',
      'enum Colour { Red }',
      'namespace Colours { export const red = 1 }',
    ]
    for (const text of offences) expect(banned('src/model/x.ts', `\n${text}`), text).toHaveLength(1)
    expect(banned('src/model/x.ts', '\nconsole.log(1)')[0]).toBe(
      'src/model/x.ts:2: console is banned, use an event, or print in the CLI',
    )
  })

  test('what only looks like a ban is none, and some files may', () => {
    const text =
      '// Math.random()\nconst namespace = 1\n' +
      `const s = 'Date.now()'\nworld.setTimeout()\nconst o = { console: 1 }\nrandom.below(2)`
    expect(banned('src/model/x.ts', text)).toEqual([])
    expect(banned('src/telemetry/x.ts', 'setTimeout(f, Date.now())')).toEqual([])
    expect(banned('src/harness/x.ts', 'setTimeout(f, 1)')).toEqual([])
    expect(banned('src/harness/x.ts', 'Date.now()')).toHaveLength(1)
    expect(banned('src/cli/print.ts', 'console.log(1)')).toEqual([])
    expect(banned('src/telemetry/x.ts', 'console.log(1)')).toHaveLength(1)
  })

  test('sizes', () => {
    const size = (text: string) => sizeComplaints(parse('src/lib/x.ts', text))
    const body = (lines: number) => 'f()\n'.repeat(lines)
    expect(size(body(400))).toEqual([])
    expect(size(body(401))).toEqual(['src/lib/x.ts: 401 lines, at most 400'])
    expect(size(`f('${'x'.repeat(105)}')`)).toEqual([])
    expect(size(`f('${'x'.repeat(106)}')`)).toEqual(['src/lib/x.ts:1: 111 columns, at most 110'])
    expect(size(`function f() {\n${body(58)}}`)).toEqual([])
    expect(size(`\nfunction f() {\n${body(59)}}`)).toEqual([
      'src/lib/x.ts:2: a function of 61 lines, at most 60',
    ])
    expect(size(`function f() {\n${body(40)}const g = () => {\n${body(40)}}\n}`)).toEqual([])
    expect(size(`function f() {\n${'f(() => 1)\n'.repeat(59)}}`)).toHaveLength(1)
    expect(size(`class A {\nm() {\n${body(60)}}\n}`)).toHaveLength(1)
  })

  test('words of other places', () => {
    for (const place of FOREIGN_PLACES)
      expect(foreignComplaints('docs/x.md', `see ${place}x`)).toHaveLength(1)
    expect(foreignComplaints('tests/x.test.ts', `'${FOREIGN_PLACES[1]}/data/x'`)).toEqual([])
    expect(foreignComplaints('src/model/x.ts', `'${FOREIGN_PLACES[1]}/data/x'`)).toHaveLength(1)
  })

  test('an incomplete folder', () => {
    const notes = NOTES_HEADINGS.map((heading) => `## ${heading}\n\ntext\n`).join('\n')
    const whole = ['index.ts', 'ring.ts', 'ring.test.ts', 'scenarios/a.txt', 'NOTES.md']
    expect(algorithmComplaints('ring', whole, notes)).toEqual([])
    expect(algorithmComplaints('ring', whole, notes.replace('costs', 'costs (measured)'))).toEqual([])
    expect(algorithmComplaints('ring', whole, notes.replace('text', '```sh\n## no heading\n```'))).toEqual([])
    for (const file of whole) {
      const others = whole.filter((other) => other !== file)
      expect(algorithmComplaints('ring', others, notes), `without ${file}`).toHaveLength(1)
    }
    expect(algorithmComplaints('ring', whole, notes, true)).toHaveLength(1)
    const ofService = whole.filter((file) => !file.startsWith('scenarios/'))
    expect(algorithmComplaints('ring', ofService, notes, true)).toEqual([])
    expect(algorithmComplaints('ring', whole, notes.replace('## Words', '## Terms'))[0]).toMatch(/Terms/)
    expect(algorithmComplaints('ring', whole, `${notes}## More\n`)).toHaveLength(1)
  })

  test('a file that does not parse', () => {
    expect(() => parse('src/lib/x.ts', 'const = 1')).toThrow(/does not parse/)
  })
})
