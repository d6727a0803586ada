/** `new`: begins an algorithm that runs at once, in the catalogue or in a file anywhere. */
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { Command } from 'commander'
import { catalogue } from '../algorithms/index.ts'
import { planRun } from '../harness/plan.ts'
import { simulated } from '../harness/simulated.ts'
import { eventLines, verdictLines } from '../harness/transcript.ts'
import { assert } from '../lib/assert.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { buildTopology } from '../topology/topology.ts'
import { quiet, usage } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { isFile, VERBS } from './load.ts'
import { folderFiles, type Names, namesOf, singleFile } from './new-template.ts'
import { Printer } from './print.ts'

const SOURCE = fileURLToPath(new URL('..', import.meta.url))
const GOLDEN = 'scenarios/greetings.txt'
/** Longer names would need other line breaks in what is written. */
const NAME_MAX = 24

const HELP = `
Examples:
  npm run new -- my-algorithm          src/algorithms/my-algorithm/, and its line in the catalogue
  npm run new -- ./somewhere/mine.ts   one file, outside of the catalogue and of its laws

Both greet: every process greets its neighbours once. They run as they stand;
put the algorithm of your paper in their place, handler by handler.`

export async function newModule(argv: readonly string[]): Promise<ExitCode> {
  const program = quiet(new Command('npm run new --'))
    .description('begins an algorithm that runs at once')
    .argument('<name>', 'in kebab-case, for the catalogue; or a path that ends in .ts')
    .addHelpText('after', HELP)
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const word = program.args[0]!
  const printer = new Printer(process.stdout, false)
  if (isFile(word)) newFile(word, printer)
  else await newFolder(word, printer)
  return EXIT.valid
}

function newFile(path: string, printer: Printer): void {
  const full = resolve(path)
  if (!path.endsWith('.ts')) throw new UsageError(`${path}: the file must end in .ts, as in ./mine.ts`)
  const names = checked(basename(path, '.ts'))
  if (existsSync(full)) throw new UsageError(`${path} is there already; choose another name`)
  if (`${full}${sep}`.startsWith(SOURCE)) {
    throw new UsageError(
      `${path} is in the source itself; npm run new -- ${names.name} puts it in the catalogue`,
    )
  }
  writing(path, () => {
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, singleFile(names, modelFrom(dirname(full))), { flag: 'wx' })
  })
  printer.line(`${path} is there. It imports the words of the model from this checkout by a relative path.`)
  printer.line()
  printer.line(`Run it:  npm run testbed -- ${path} --peers 5`)
}

/** The way to `src/model` from a folder, both without symbolic links, as Node resolves imports. */
function modelFrom(folder: string): string {
  const way = relative(realpathSync(folder), realpathSync(join(SOURCE, 'model'))).replaceAll(sep, '/')
  return way.startsWith('.') ? way : `./${way}`
}

async function newFolder(name: string, printer: Printer): Promise<void> {
  const names = checked(name)
  const folder = join(SOURCE, 'algorithms', name)
  if ((VERBS as readonly string[]).includes(name)) {
    throw new UsageError(`'${name}' is a command of the testbed; choose another name`)
  }
  if (Object.hasOwn(catalogue, name) || existsSync(folder)) {
    throw new UsageError(`the catalogue has ${name} already; choose another name`)
  }
  const index = join(SOURCE, 'algorithms', 'index.ts')
  const listed = withLine(readFileSync(index, 'utf8'), name)
  const files = folderFiles(names)
  writing(folder, () => {
    mkdirSync(folder)
    try {
      for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content)
      writeFileSync(index, listed)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  })
  const golden = await goldenRun(name, folder)
  mkdirSync(join(folder, 'scenarios'))
  writeFileSync(join(folder, GOLDEN), golden)
  printer.line(`src/algorithms/${name}/ is there, and its line in src/algorithms/index.ts:`)
  for (const file of [...Object.keys(files), GOLDEN]) printer.line(`  ${file}`)
  printer.line()
  printer.line(`Run it:   npm run testbed -- ${name} --peers 5`)
  printer.line(`Test it:  npm test -- src/algorithms/${name}`)
  printer.line()
  printer.line('What every algorithm of the catalogue comes with; so far it is that of the greeting:')
  for (const line of LAW) printer.line(`  - ${line}`)
}

const LAW = [
  'the paper in the header, and Assumes and Promises in its words',
  'a property for each promise, and sometimes-properties that show that a run is not vacuous',
  'a negative control for each assumption: a run without it that breaks a promise',
  'at least three sabotages of its code that its tests find',
  'golden runs worth reading: scenarios/*.txt; UPDATE=1 writes anew what follows the first rule',
  'NOTES.md: each heading says in a line what belongs under it',
]

/** A scenario, as `harness/scenario.ts` reads it; this process does not see the catalogue's new line. */
async function goldenRun(name: string, folder: string): Promise<string> {
  const { entry } = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as { entry: CatalogueEntry }
  const [peers, seed] = [3, 1]
  const topology = buildTopology(entry.topology.default, peers, seed)
  const asking = {
    entry,
    options: {},
    topology,
    runtime: 'simulator',
    seed,
    broken: [],
    requests: [],
  } as const
  const run = await simulated(planRun(asking))
  return [
    '# Everybody greets everybody, in whatever order the greetings arrive.',
    `${name} --peers ${peers} --seed ${seed}`,
    '----',
    ...eventLines(run.history),
    '----',
    ...verdictLines(run),
    '',
  ].join('\n')
}

/** A name that can be a folder, a word on the command line, and with other capitals a name in TypeScript. */
function checked(name: string): Names {
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name) || name.length > NAME_MAX) {
    throw new UsageError(
      `'${name}' cannot be its name: take small letters, digits and single hyphens, ` +
        `at most ${NAME_MAX}, as in my-algorithm`,
    )
  }
  const names = namesOf(name)
  if (['checker', 'index'].includes(name) || !isFree(names)) {
    throw new UsageError(`'${name}' has a meaning in the code already; choose another name`)
  }
  return names
}

/** Neither a word of the language nor a name that the written code uses otherwise. */
function isFree({ type, value }: Names): boolean {
  if (type in globalThis || value in globalThis || value === 'await') return false
  try {
    new Script(`'use strict'; const ${value} = 0`) // compiled, never run
  } catch {
    return false
  }
  const others = singleFile(namesOf('any-other'), '.')
  const declared = [...others.matchAll(/(?:const|interface|[{,]) ?(?:type )?(\w+)/g)]
  return !declared.some(([, word]) => word === type || word === value)
}

/** The catalogue with a line more, in its alphabetical place. */
function withLine(index: string, name: string): string {
  const entries = [...index.matchAll(/^ {2}'?([a-z\d-]+)'?: \(\) => import\('\.\/\1\/index\.ts'\),\n/gm)]
  const last = entries.at(-1)
  assert(last, 'src/algorithms/index.ts holds a line for each algorithm')
  const at = entries.find(([, other]) => other! > name)?.index ?? last.index + last[0].length
  const key = name.includes('-') ? `'${name}'` : name
  return `${index.slice(0, at)}  ${key}: () => import('./${name}/index.ts'),\n${index.slice(at)}`
}

function writing(path: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error)
    throw new UsageError(`${path} cannot be written: ${why}`)
  }
}
