/** The command line as a child process: what a person at a terminal sees of it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import type { RunRecord } from '../../src/trace-format/run.ts'

const BIN = resolve('bin/testbed.js')

/** A process that takes longer hangs; the tests wait on what it prints, not on this. */
const PATIENCE_MS = 60_000

export interface Ended {
  readonly code: number | null // null: a signal ended it
  readonly stdout: string
  readonly stderr: string
}

export interface Where {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly bin?: string
  readonly typing?: boolean // lines will be typed at it; else it has no input
  readonly terminal?: boolean // it believes that it has one; not on every machine
}

/** util-linux' script, which gives a program a terminal of its own and is on every Debian. */
const onTerminal = (command: readonly string[]): string[] => [
  'script',
  '-qefc',
  command.map((word) => `'${word}'`).join(' '),
  '/dev/null',
]

const folders: string[] = []
const children = new Set<ChildProcess>()

// Of the file as a whole: tests that run at the same time share the hooks of one test.
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the tests. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'testbed-')))
  folders.push(folder)
  return folder
}

/** What the tests' own environment says of viewers, collectors and colours is no part of a test. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|JAEGER_|TESTBED_|NO_COLOR|FORCE_COLOR|NODE_|VITEST|CI$)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...more }
}

/** A command that goes on; whatever happens in a test, it does not outlive the tests. */
export class Running {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''
  #looks: (() => void)[] = []

  constructor(
    args: readonly string[],
    { cwd, env = {}, bin = BIN, typing = false, terminal = false }: Where = {},
  ) {
    const command = [process.execPath, bin, ...args]
    const [program, ...rest] = terminal ? onTerminal(command) : command
    const child = spawn(program!, rest, {
      env: environment(env),
      stdio: [typing || terminal ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    })
    this.#child = child
    children.add(child)
    const look = () => {
      for (const check of this.#looks) check()
    }
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      look()
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      look()
    })
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    this.ended = new Promise((done) => {
      child.on('close', (code) => {
        clearTimeout(patience)
        children.delete(child)
        done({ code, stdout: this.#stdout, stderr: this.#stderr })
        look()
      })
    })
  }

  /** What matches in the output, as soon as it is there; throws if the command ends without. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    const find = () => pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr)
    const found = new Promise<void>((resolve) => {
      const check = () => {
        if (find() !== null) resolve()
      }
      this.#looks.push(check)
      check()
    })
    await Promise.race([found, this.ended])
    const match = find()
    if (match === null) throw new Error(`it ended without ${pattern}:\n${this.#stdout}${this.#stderr}`)
    return match
  }

  type(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Nothing more will be typed. */
  endInput(): void {
    this.#child.stdin!.end()
  }

  /** Whoever reads its output goes away, as `| head` does. */
  leave(): void {
    this.#child.stdout?.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

/** Runs a command to its end. */
export const testbed = (args: readonly string[], where: Where = {}): Promise<Ended> =>
  new Running(args, where).ended

/** Options that keep a run to itself. */
export const alone = (runs: string): string[] => ['--runs', runs, '--port', '0', '--no-otlp']

/** What `--json` says, typed as far as tests look at it. */
export interface Document {
  seed: number
  peers: number
  links: number
  verdict: string
  viewer: string
  properties: { algorithm: string; name: string; kind: string; verdict: string; findings: object[] }[]
  messages: Record<string, { sent: number; delivered: number; lost: number; duplicated: number }>
  spans: Record<string, SpanCount>
  durationsMs: { setUp: number; total: number }
  runs: RunDocument[]
}

export interface RunDocument {
  id: string
  algorithm: string
  topology: string
  faults: string
  verdict: string
  ended: string
  folder: string
  command: string
  notes: string[]
  faultsFired: Record<string, number>
  links: { viewer: string; ledger: string; jaeger: string[] }
  messages: Document['messages']
  tables: { title: string; rows: (string | number)[][] }[]
  answers?: readonly unknown[]
  spans: Record<string, SpanCount & { where: string; note?: string }>
}

export interface SpanCount {
  made: number
  accepted: number
  refused: number
  dropped: number
}

/** Runs a command with `--json`, and reads what it says; the exit code must be that of the verdict. */
export async function json(args: readonly string[], where: Where = {}): Promise<Document> {
  const { code, stdout, stderr } = await testbed([...args, '--json'], where)
  const said = `${args.join(' ')} ended with ${code}:\n${stdout.slice(0, 300)}\n${stderr}`
  if (![0, 1, 2].includes(code ?? -1)) throw new Error(said)
  const document = JSON.parse(stdout) as Document
  if (code !== { valid: 0, violated: 1 }[document.verdict]) if (code !== 2) throw new Error(said)
  return document
}

/** The folders of runs that were kept. */
export const runsIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []

export const recordIn = (folder: string): RunRecord =>
  JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))

/** Every line that a person would call a stack trace. */
export const stackLines = (text: string): string[] => text.split('\n').filter((line) => /^\s+at /.test(line))

/** Whether a run has begun to be kept. */
export const hasEvents = (folder: string): boolean =>
  (statSync(join(folder, 'events.bin'), { throwIfNoEntry: false })?.size ?? 0) > 1000

/** Looks again and again; the test's own time limit is the end of it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
