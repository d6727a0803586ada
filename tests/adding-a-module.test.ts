/** An algorithm of one's own, begun with `new`: it runs at once, and no check complains. */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alone, type Document, emptyFolder, json, testbed } from './end-to-end/testing.ts'
import { algorithmComplaints, banComplaints, importComplaints, sizeComplaints } from './tidy/checks.ts'
import { parse } from './tidy/source.ts'

/** What a tool says of the files whose path holds `about`; others may be at work on the rest. */
function complaints(script: string, args: string[], cwd: string, about: string): Promise<string[]> {
  return new Promise((done) => {
    execFile(process.execPath, [resolve(script), ...args], { cwd }, (_, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split('\n')
      done(lines.filter((line) => line.includes(about) && /error|×|━/.test(line)))
    })
  })
}

const typescript = 'node_modules/typescript/bin/tsc'
const biome = 'node_modules/@biomejs/biome/bin/biome'

function goodRun({ verdict, spans, properties }: Document): void {
  expect(verdict).toBe('valid')
  expect(properties.map(({ kind, verdict }) => [kind, verdict])).toEqual([
    ['always', 'valid'],
    ['eventually', 'valid'],
    ['sometimes', 'valid'],
  ])
  for (const { made, accepted, refused, dropped } of Object.values(spans)) {
    expect(made).toBeGreaterThan(0)
    expect(accepted + refused + dropped).toBe(made)
    expect(dropped).toBe(0)
  }
}

describe.concurrent('a file anywhere', { timeout: 60_000 }, () => {
  test('is written, runs on real hosts and in the simulator, and is well typed', async () => {
    const cwd = emptyFolder()
    const { code, stdout, stderr } = await testbed(['new', './somewhere/mine.ts'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/npm run testbed -- .\/somewhere\/mine.ts --peers 5/)
    expect(readdirSync(cwd)).toEqual(['somewhere'])
    expect(readdirSync(join(cwd, 'somewhere'))).toEqual(['mine.ts'])

    const run = ['./somewhere/mine.ts', '--peers', '5', ...alone('kept')]
    const document = await json(run, { cwd })
    goodRun(document)
    expect(document).toMatchObject({ peers: 5, links: 10, messages: { hello: { sent: 20, delivered: 20 } } })
    expect(document.runs[0]!.algorithm).toBe('mine')
    goodRun(await json([...run, '--runtime', 'simulator'], { cwd }))

    const options = JSON.parse(readFileSync('tsconfig.json', 'utf8')).compilerOptions
    const compilerOptions = { ...options, typeRoots: [resolve('node_modules/@types')] }
    writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['somewhere'] }))
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }') // Node does not need it, tsc does
    cpSync('biome.json', join(cwd, 'biome.json'))
    expect(await complaints(typescript, ['--noEmit'], cwd, 'mine.ts')).toEqual([])
    expect(await complaints(biome, ['check', 'somewhere'], cwd, 'mine.ts')).toEqual([])

    const again = await testbed(['new', './somewhere/mine.ts'], { cwd })
    expect([again.code, again.stderr]).toEqual([64, expect.stringContaining('is there already')])
  })
})

/** The checkout, as far as an algorithm needs it: nothing here writes into the real one. */
function checkout(): { cwd: string; bin: string; algorithms: string } {
  const cwd = emptyFolder()
  for (const part of ['src', 'bin', 'package.json', 'tsconfig.json', 'biome.json']) {
    cpSync(part, join(cwd, part), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  return { cwd, bin: join(cwd, 'bin/testbed.js'), algorithms: join(cwd, 'src/algorithms') }
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))

describe.concurrent('a folder of the catalogue', { timeout: 60_000 }, () => {
  // The longest name and the shortest; before, among and after those that are there.
  test.for(['a-rather-long-name-of-24', 'x', 'ring2'])('%s', async (name) => {
    const { cwd, bin, algorithms } = checkout()
    const before = readdirSync(algorithms)
    const made = await testbed(['new', name], { cwd, bin })
    expect([made.code, made.stderr]).toEqual([0, ''])
    expect(made.stdout).toContain(`npm run testbed -- ${name} --peers 5\n`)
    expect(made.stdout).toMatch(/negative control[\s\S]*sabotages[\s\S]*NOTES.md/)
    expect(readdirSync(algorithms).toSorted()).toEqual([...before, name].toSorted())
    const folder = join(algorithms, name)
    const files = filesIn(folder)
    expect(algorithmComplaints(name, files, readFileSync(join(folder, 'NOTES.md'), 'utf8'))).toEqual([])

    const document = await json([name, '--peers', '5', ...alone('kept')], { cwd, bin })
    goodRun(document)
    expect(document).toMatchObject({ peers: 5, links: 10 })
    const listed = await testbed(['list'], { cwd, bin })
    expect(listed.stdout).toMatch(new RegExp(`^ ${name} `, 'm'))

    const catalogue = readFileSync(join(algorithms, 'index.ts'), 'utf8')
    const names = [...catalogue.matchAll(/import\('\.\/(.*?)\/index\.ts'\)/g)].map(([, found]) => found!)
    expect(names).toContain(name)
    expect(names).toEqual(names.toSorted())
    const own = files.filter((file) => file.endsWith('.ts'))
    const sources = own.map((file) =>
      parse(`src/algorithms/${name}/${file}`, readFileSync(join(folder, file), 'utf8')),
    )
    const tidy = [importComplaints(sources), sources.flatMap(banComplaints), sources.flatMap(sizeComplaints)]
    expect(tidy.flat()).toEqual([])
    expect(await complaints(typescript, ['--noEmit'], cwd, `algorithms/${name}`)).toEqual([])
    expect(await complaints(biome, ['check', 'src/algorithms'], cwd, `algorithms/${name}`)).toEqual([])
    expect(await complaints(biome, ['check', 'src/algorithms'], cwd, 'algorithms/index.ts')).toEqual([])
  })

  test('its own tests pass, its golden run among them', async () => {
    const { cwd, bin } = checkout()
    expect((await testbed(['new', 'mine'], { cwd, bin })).code).toBe(0)
    const vitest = join(cwd, 'node_modules/vitest/vitest.mjs')
    const env = { NO_COLOR: '1' }
    const { code, stdout, stderr } = await testbed(['--run', 'src/algorithms/mine'], {
      cwd,
      bin: vitest,
      env,
    })
    expect(code, stdout + stderr).toBe(0)
    expect(stdout).toMatch(/Test Files +1 passed/)
  })

  test('nothing is written under a name that cannot be', async () => {
    const { cwd, bin, algorithms } = checkout()
    const before = filesIn(join(cwd, 'src'))
    const catalogue = readFileSync(join(algorithms, 'index.ts'), 'utf8')
    mkdirSync(join(algorithms, 'half-made'))
    const names = ['bank', 'half-made', 'serve', 'Two', 'a--b', '9lives', 'checker', 'class', 'map', 'await']
    for (const name of [...names, 'entry', 'process-id', 'x'.repeat(25), './src/lib/mine.ts', './mine.js']) {
      const { code, stdout, stderr } = await testbed(['new', name], { cwd, bin })
      expect([code, stdout], name).toEqual([64, ''])
      expect(stderr.trim().split('\n'), name).toHaveLength(1)
    }
    expect(filesIn(join(cwd, 'src'))).toEqual(before)
    expect(readFileSync(join(algorithms, 'index.ts'), 'utf8')).toBe(catalogue)
    expect(existsSync(join(cwd, 'mine.js'))).toBe(false)
  })
})
