/**
 * The text of a new algorithm: small, real, and running as it stands. Every
 * process greets its neighbours once and counts who greets it. The same parts
 * make up a folder of the catalogue, or one file that lives anywhere.
 */

export interface Names {
  readonly name: string // my-algorithm: of the folder, and on the command line
  readonly type: string // MyAlgorithm: its signature
  readonly value: string // myAlgorithm
}

export function namesOf(name: string): Names {
  const type = name.replace(/(?:^|-)([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
  return { name, type, value: type[0]!.toLowerCase() + type.slice(1) }
}

/** The files of a folder of the catalogue, by their paths in it. */
export function folderFiles(names: Names): Readonly<Record<string, string>> {
  const { name, type, value } = names
  const own = [
    `import { ${value}Properties } from './checker.ts'`,
    `import { type ${type}, ${value} } from './${name}.ts'`,
  ]
  return {
    [`${name}.ts`]: [
      header(names),
      `import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'\n\n`,
      algorithm(names),
    ].join(''),
    'checker.ts': [
      `import type { ProcessId } from '../../model/process.ts'\n`,
      `import { type Property, property } from '../../model/property.ts'\n`,
      `import type { ${type} } from './${name}.ts'\n`,
      `\n/** The promises of ${name}, and one thing a run should show. */\n`,
      properties(names),
    ].join(''),
    'index.ts': [
      `import type { CatalogueEntry, Report } from '../../model/catalogue.ts'\n`,
      `${sorted(own)}\n\n`,
      entry(names),
    ].join(''),
    [`${name}.test.ts`]: test(names) + sabotages(names),
    'NOTES.md': notes(names),
  }
}

/** Imports in the order of what they import, as the formatter has them. */
function sorted(imports: readonly string[]): string {
  const from = (line: string) => /'(.*)\.ts'$/.exec(line)![1]!
  return imports.toSorted((a, b) => (from(a) < from(b) ? -1 : 1)).join('\n')
}

/** One file that runs from anywhere; `model` leads from its folder to that of the words. */
export function singleFile(names: Names, model: string): string {
  return [
    header(names),
    `import type { CatalogueEntry, Report } from '${model}/catalogue.ts'\n`,
    `import type { Algorithm, ProcessId, Signature } from '${model}/process.ts'\n`,
    `import { type Property, property } from '${model}/property.ts'\n\n`,
    algorithm(names),
    `\n// The promises, as monitors, and one thing a run should show.\n`,
    properties(names),
    '\n// All that the command line, the harness and the viewer know of it.\n',
    entry(names),
  ].join('')
}

const header = ({ name }: Names) => `/**
 * ${name}: every process greets its neighbours once and counts who greets it.
 *
 *   The paper: A. Author, "Title of the Paper", Journal 1(1), 1985, §1.
 *
 * Assumes   reliable channels without duplicates; no crashes. Not FIFO.
 * Promises  ONE GREETING  nobody counts more greetings than it has neighbours;
 *           ALL GREETED   whoever was asked to greet is heard by all its neighbours at last.
 */
`

const algorithm = ({ type, value }: Names) => `export interface ${type} extends Signature {
  request: { type: 'greet' }
  message: { type: 'hello' }
  timer: never
  indication: { type: 'greeted'; by: ProcessId; greetings: number }
  state: { hasGreeted: boolean; greetings: number }
  stable: never
}

export const ${value}: Algorithm<${type}> = {
  initial: () => ({ hasGreeted: false, greetings: 0 }),

  upon: ({ outgoing, send, indicate }, state) => ({
    request: {
      greet() {
        if (state.hasGreeted) return
        state.hasGreeted = true
        for (const neighbour of outgoing) send(neighbour, { type: 'hello' })
      },
    },
    message: {
      hello(_, from) {
        state.greetings++
        indicate({ type: 'greeted', by: from, greetings: state.greetings })
      },
    },
  }),
}
`

const properties = ({ type, value }: Names) => `export function ${value}Properties(): Property<${type}>[] {
  return [oneGreeting, allGreeted, aGreetingCame]
}

const oneGreeting = property<${type}, { neighbours: Map<ProcessId, number> }>({
  name: 'ONE GREETING',
  kind: 'always',
  initial: (places) => ({ neighbours: new Map(places.map(({ self, incoming }) => [self, incoming.length])) }),
  upon({ neighbours }, event) {
    if (event.kind !== 'indicate') return undefined
    const [{ greetings }, most] = [event.indication, neighbours.get(event.at)!]
    if (greetings <= most) return undefined
    const explanation = \`\${event.at} counts \${greetings} greetings of \${most} neighbours\`
    return { explanation, witnesses: [event.position] }
  },
})

/** Who was asked to greet, and the channels on which a greeting should still arrive. */
interface Debts {
  readonly neighbours: ReadonlyMap<ProcessId, readonly ProcessId[]>
  readonly asked: Set<ProcessId>
  readonly owed: Set<string>
}

const allGreeted = property<${type}, Debts>({
  name: 'ALL GREETED',
  kind: 'eventually',
  initial: (places) => ({
    neighbours: new Map(places.map(({ self, outgoing }) => [self, outgoing])),
    asked: new Set(),
    owed: new Set(),
  }),
  upon({ neighbours, asked, owed }, event) {
    if (event.kind === 'request' && !asked.has(event.at)) {
      asked.add(event.at)
      for (const to of neighbours.get(event.at)!) owed.add(\`\${event.at}→\${to}\`)
    }
    if (event.kind === 'deliver') owed.delete(\`\${event.from}→\${event.at}\`)
    return undefined
  },
  atEnd({ owed }) {
    if (owed.size === 0) return undefined
    return { explanation: \`no greeting came by \${[...owed].join(', ')}\`, witnesses: [] }
  },
})

const aGreetingCame = property<${type}, { greetings: number }>({
  name: 'A GREETING CAME',
  kind: 'sometimes',
  initial: () => ({ greetings: 0 }),
  upon(memory, event) {
    if (event.kind === 'deliver') memory.greetings++
    return undefined
  },
  atEnd({ greetings }) {
    if (greetings > 0) return undefined
    return { explanation: 'nobody was greeted', witnesses: [] }
  },
})
`

const entry = ({ name, type, value }: Names) => `export const entry: CatalogueEntry<${type}, object> = {
  name: '${name}',
  summary: 'every process greets its neighbours once and counts who greets it',
  options: {},
  make: () => ${value},
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) => (places.length >= 2 ? null : 'a greeting needs somebody else; use --peers 2 or more'),
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { greet: {} },
    message: { hello: {} },
    timer: {},
  },
  workload: (_, places) => places.map(({ self }) => ({ to: self, request: { type: 'greet' }, atMs: 0 })),
  properties: ${value}Properties,
  report: () => greetings,
  ends: 'quiescent',
}

const greetings: Report<${type}, { counts: Map<string, number> }> = {
  initial: (places) => ({ counts: new Map(places.map(({ self }) => [self, 0])) }),
  upon({ counts }, event) {
    if (event.kind === 'indicate') counts.set(event.at, event.indication.greetings)
  },
  tables: ({ counts }) => [{ title: 'Greetings', columns: ['process', 'greeted by'], rows: [...counts] }],
}
`

const test = ({ name, type }: Names) => `import { describe, expect, test } from 'vitest'
import { goldenRuns } from '../../harness/golden-runs.ts'
import { acting, broken, reacting, sabotaged, seeds, tally, trial, unseen } from '../../harness/testing.ts'
${sorted([`import { entry } from './index.ts'`, `import type { ${type} } from './${name}.ts'`])}

describe('golden runs', () => {
  test.each(goldenRuns(new URL('./scenarios/', import.meta.url)))('$name', async ({ play }) => {
    const { written, played } = await play()
    expect(played, 'UPDATE=1 writes it anew').toBe(written)
  })
})

test('keeps its promises, whatever the order of arrival', async () => {
  for (const seed of seeds(100)) {
    const run = await trial(entry, seed, { peers: 2 + (seed % 5) })
    expect(run.conducted.failure, \`seed \${seed}\`).toBeNull()
    expect(broken(run), \`seed \${seed}\`).toEqual([])
    expect(unseen(run), \`seed \${seed}\`).toEqual([])
  }
})

describe('what is assumed is needed', () => {
  test('reliable channels', async () => {
    const caught = await tally(entry, 20, { peers: 5, broken: ['reliable'], faults: 'loss 30%' })
    expect(Object.keys(caught)).toEqual(['ALL GREETED'])
  })

  test('no duplicates', async () => {
    const caught = await tally(entry, 20, { peers: 5, broken: ['noDuplicates'], faults: 'duplicate 30%' })
    expect(Object.keys(caught)).toEqual(['ONE GREETING'])
  })

  test('no crashes', async () => {
    const faults = 'latency 5-20ms, crash p01 at 1ms'
    const caught = await tally(entry, 20, { peers: 5, broken: ['crashes'], faults })
    expect(Object.keys(caught)).toEqual(['ALL GREETED'])
  })
})
`

const sabotages = ({ type }: Names) => `
describe('sabotage is found', () => {
  const cases: Record<string, [slip: Parameters<typeof sabotaged<${type}>>[1], by: string]> = {
    'it greets as often as it is asked': [
      reacting((upon, state) => ({
        ...upon,
        request: {
          greet(request) {
            state.hasGreeted = false
            upon.request.greet(request)
          },
        },
      })),
      'ONE GREETING',
    ],
    'it leaves out the last neighbour': [
      acting(({ send, outgoing }) => ({
        send: (to, message) => (to === outgoing.at(-1) ? undefined : send(to, message)),
      })),
      'ALL GREETED',
    ],
    'each greeting counts twice': [
      reacting((upon, state) => ({
        ...upon,
        message: {
          hello(message, from) {
            state.greetings++
            upon.message.hello(message, from)
          },
        },
      })),
      'ONE GREETING',
    ],
  }

  test.each(Object.entries(cases))('%s', async (_, [slip, by]) => {
    const requests = ['p00 greet', 'p01 greet', 'p02 greet', 'p00 greet @50ms']
    const caught = await tally(sabotaged(entry, slip), 20, { peers: 3, requests })
    expect(Object.keys(caught)).toEqual([by])
  })
})
`

const notes = ({ name }: Names) => `# ${name}

Every process greets its neighbours once and counts who greets it.

## Problem

What is to be achieved, for whom, and why it is not obvious. No solution yet.

## Model and assumptions

Which channels, which crashes, which timing: each assumption of the entry, and where the code uses it.

## The idea in five sentences

How it works, to somebody who will read the code next.

## A run, step by step

The run of \`scenarios/greetings.txt\`, told event by event.

## Why it works

The argument for each promise by its name: ONE GREETING, ALL GREETED.

## What it costs (measured)

Messages, rounds and bytes for n processes, as a formula and as measured, with the command that measures it.

## Break it

A command and what it shows, for each assumption that can be lifted:

- ALL GREETED: \`npm run testbed -- ${name} --peers 5 --seed 1 --break reliable --faults 'loss 50%'\`
- ONE GREETING: the same with \`--break noDuplicates --faults 'duplicate 50%'\`

## On libp2p

What a real network adds: streams, dials, identities; what to look for in the trace.

## Words

Each word of the paper that the code uses, in one line.

## Sources

The paper first, then what helped.

## Exercises

Three changes of the code, each with what should then happen.
`
