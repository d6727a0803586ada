/**
 * Checks what the documents say against what is there: links and their anchors,
 * commands, algorithms, and that no line speaks of one machine.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../src/algorithms/index.ts'
import { command } from '../src/cli/arguments.ts'
import { compareProgram } from '../src/cli/compare.ts'
import { exploreProgram } from '../src/cli/explore.ts'
import { VERBS } from '../src/cli/load.ts'
import { sweepProgram } from '../src/cli/sweep.ts'
import { groups } from '../src/harness/compare-groups.ts'
import type { CatalogueEntry } from '../src/model/catalogue.ts'
import { foreignComplaints } from './tidy/checks.ts'

const OUTSIDE = ['.git', 'node_modules', 'runs', 'dist']
const read = (path: string) => readFileSync(path, 'utf8')

const files = readdirSync('.').flatMap((entry) => {
  if (OUTSIDE.includes(entry)) return []
  if (!statSync(entry).isDirectory()) return [entry]
  const below = readdirSync(entry, { recursive: true, withFileTypes: true })
  return below.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
})
const documents = files.filter((path) => path.endsWith('.md') && !path.includes('node_modules/'))

/** What is in a code block or between backticks is no link and no heading. */
const prose = (markdown: string) => markdown.replace(/^( *)```[\s\S]*?^\1```/gm, '')
const blocks = (markdown: string) =>
  [...markdown.matchAll(/^ *```.*\n([\s\S]*?)^ *```/gm)].map(([, text]) => text!)

/** The anchors GitHub makes of headings. */
function anchors(markdown: string): Set<string> {
  const headings = [...prose(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => heading!)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** What is wrong with the relative links of a document. */
function linkComplaints(path: string, markdown: string): string[] {
  const targets = [
    ...prose(markdown)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(<?([^)\s>]+)>?\)/g),
  ].map(([, to]) => to!)
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file, anchor] = target.split('#') as [string, string?]
    const to = file === '' ? path : normalize(join(dirname(path), decodeURI(file)))
    if (file !== '' && !existsSync(to)) return [`${path}: ${target} leads nowhere`]
    if (anchor === undefined) return []
    const known = file === '' ? anchors(markdown) : anchors(read(to))
    return known.has(anchor) ? [] : [`${path}: ${to} has no heading #${anchor}`]
  })
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** What is wrong with the npm commands a document shows. */
function commandComplaints(path: string, markdown: string): string[] {
  const shown = [...markdown.matchAll(/npm run (?:-s |--silent )?([\w:-]+)([^`\n]*)/g)]
  return shown.flatMap(([line, script, rest]) => {
    if (!Object.hasOwn(scripts, script!)) return [`${path}: there is no script ${script}: ${line}`]
    if (script !== 'testbed' || !rest!.startsWith(' -- ')) return []
    return wordComplaints(shellWords(rest!.slice(4))).map((complaint) => `${path}: ${complaint}: ${line}`)
  })
}

/** The words of the first command of a line, without quotes. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  const end = words.findIndex((word) => /^[|>&#;]|^\d?>/.test(word))
  return words.slice(0, end < 0 ? undefined : end).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
}

/** What is wrong with the words after `npm run testbed --`: algorithms, commands, options. */
function wordComplaints(words: readonly string[]): string[] {
  const programs = [command(''), compareProgram(), exploreProgram(), sweepProgram()]
  const general = programs.flatMap(({ options }) => options)
  const complaints: string[] = []
  let values = 0 // of the option before that may follow
  for (const word of words) {
    if (word.startsWith('-')) {
      const option = general.find(({ long }) => long === word.replace(/=.*/, ''))
      const takesOne = option === undefined || option.required
      values = option?.variadic ? 9 : takesOne && !word.includes('=') ? 1 : 0
      if (option === undefined && !isOfAlgorithm(word)) complaints.push(`there is no option ${word}`)
    } else if (values > 0) values--
    else if (!isKnown(word)) complaints.push(`'${word}' is no algorithm and no command`)
  }
  return complaints
}

const isKnown = (word: string) =>
  /[./\\<…]/.test(word) ||
  [catalogue, groups].some((names) => Object.hasOwn(names, word)) ||
  (VERBS as readonly string[]).includes(word)

const entries = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).entry))
const [basic] = entries.filter((entry) => !('upon' in entry)) as CatalogueEntry[]
const optionsOfAlgorithms = entries.flatMap((entry) =>
  Object.keys(('upon' in entry ? entry.upon(basic!) : entry).options).map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  ),
)
const isOfAlgorithm = (word: string) =>
  word === '--help' || optionsOfAlgorithms.includes(word.replace(/=.*/, ''))

describe('the documents', () => {
  test('their links lead somewhere', () => {
    expect(documents.flatMap((path) => linkComplaints(path, read(path)))).toEqual([])
  })

  test('their commands exist', () => {
    const told = documents.filter((path) => !path.startsWith('docs/decisions/'))
    expect(told.flatMap((path) => commandComplaints(path, read(path)))).toEqual([])
  })

  test('the README names every algorithm there is', () => {
    const readme = read('README.md')
    expect(Object.keys(catalogue).filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  test('what the four systems left open is held by tests that are there, by their titles', () => {
    const rows = read('docs/originals.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| left open'))
    expect(rows.length).toBeGreaterThan(40)
    for (const row of rows) {
      const [, title, file] = /\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\) \|$/.exec(row) ?? []
      expect(file, `no test stands at the end of: ${row}`).toBeDefined()
      expect(read(file!), `${file} has no '${title}'`).toContain(title)
    }
  })

  test('every decision is numbered, once, and has its parts', () => {
    const decisions = readdirSync('docs/decisions').toSorted()
    expect(decisions.map((name) => name.slice(0, 4))).toEqual(
      decisions.map((_, i) => String(i + 1).padStart(4, '0')),
    )
    for (const name of decisions) {
      const text = read(`docs/decisions/${name}`)
      for (const heading of ['## Decision', '## Why', '## What follows'])
        expect(text, name).toContain(heading)
    }
  })

  test('no line speaks of one machine', () => {
    const texts = files.filter((path) => /\.(md|ya?ml)$|^Dockerfile$|^\.ci\/|^\.dockerignore$/.test(path))
    const machine = /\/(home|Users|root|tmp|farm)\/[\w.-]+|[A-Z]:\\/
    const spoken = texts.flatMap((path) => [
      ...foreignComplaints(path, read(path)),
      ...(machine.exec(read(path)) === null ? [] : [`${path}: ${machine.exec(read(path))![0]}`]),
    ])
    expect(spoken).toEqual([])
  })

  test('the README’s first two lines are the ones CI runs', () => {
    const commands = blocks(read('README.md')).join('\n')
    expect(commands).toContain('npm ci && npm run testbed -- --peers 20')
    expect(commands).toContain('npm ci && npm test')
    expect(read('.ci/run')).toMatch(/^must npm ci$[\s\S]*^npm test /m)
  })
})

describe('planted mistakes are found', () => {
  test('links', () => {
    const there =
      '# A heading, with `code`\n\n[a](#a-heading-with-code) [b](LICENSE) `[c](no)`\n```\n[d](no)\n```\n'
    expect(linkComplaints('x.md', there)).toEqual([])
    expect(linkComplaints('x.md', '[a](no.md)')).toEqual(['x.md: no.md leads nowhere'])
    expect(linkComplaints('docs/x.md', '[a](LICENSE)')).toHaveLength(1)
    expect(linkComplaints('x.md', '[a](#nowhere)')).toEqual(['x.md: x.md has no heading #nowhere'])
    expect(linkComplaints('x.md', '[a](README.md#nowhere)')).toHaveLength(1)
    expect(linkComplaints('x.md', '[a](https://example.org/no.md)')).toEqual([])
  })

  test('commands', () => {
    const good = [
      'npm run testbed',
      'npm run check',
      'npm run -s testbed -- --json > result.json',
      'npm run testbed -- chandy-lamport --streams exchange --faults jitter',
      'npm run testbed -- ./mine.ts --peers 5',
      'npm run testbed -- list',
      "npm run testbed -- --break reliable crashes --faults 'loss 10%, crash p01 at 5ms' | less",
      'npm run testbed -- ping-pong --pings=2',
      'npm run new -- my-algorithm',
    ]
    for (const line of good) expect(commandComplaints('x.md', line), line).toEqual([])
    for (const line of [
      'npm run tesbed',
      'npm run testbed -- pingpong',
      'npm run testbed -- --peers 5 raft',
    ]) {
      expect(commandComplaints('x.md', line), line).toHaveLength(1)
    }
  })
})
