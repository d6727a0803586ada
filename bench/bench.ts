/** `npm run bench`: what the testbed costs beside bare js-libp2p, line by line; see README.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FULL, type Line, lines, QUICK } from './figures.ts'
import { type Result, resultOf, table } from './report.ts'
import { runRounds } from './rounds.ts'

/** A median of fewer is no figure to show anybody. */
const ROUNDS = 5
const LATEST = fileURLToPath(new URL('results/latest.json', import.meta.url))
const EXIT_USAGE = 64

const HELP = `npm run bench -- [--only a,b] [--rounds ${ROUNDS}] [--json FILE] [--quick]

  --only     figures, by their letters: a b c c' d e f g h i j (c1 may stand for c')
  --rounds   how often each is measured, in fresh processes (default: ${ROUNDS})
  --json     where the document goes (default: bench/results/latest.json)
  --quick    everything tiny and once: shows that it works; its figures mean nothing
`

class Misuse extends Error {}

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string', default: LATEST },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS))
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Misuse(`--rounds ${values.rounds}: it must be a whole number of 1 or more`)
  }
  return { ...values, rounds }
}

function chosen(all: readonly Line[], only: string | undefined): readonly Line[] {
  if (only === undefined) return all
  const letters = only.split(',').map((letter) => letter.trim().replace(/^c1$/, "c'"))
  const known = new Set(all.map(({ figure }) => figure))
  const stranger = letters.find((letter) => !known.has(letter))
  if (stranger !== undefined) {
    throw new Misuse(`--only ${only}: there is no figure '${stranger}'; there are ${[...known].join(', ')}`)
  }
  return all.filter(({ figure }) => letters.includes(figure))
}

/** What a reader of the figures must know of where they come from. */
const machine = () => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  loadAverage: loadavg(), // what else it had to do
})

function progress(rounds: number): (round: number, job: string) => void {
  return (round, job) => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[Kround ${round + 1} of ${rounds}: ${job.slice(0, 90)}`)
  }
}

async function main(): Promise<void> {
  const { only, rounds, json, quick, help } = options()
  if (help) return void process.stdout.write(HELP)
  const wanted = chosen(lines(quick ? QUICK : FULL), only)
  const before = machine()
  const answers = await runRounds(wanted, rounds, progress(rounds))
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const results: Result[] = wanted.map((line) => resultOf(line, answers))
  process.stdout.write(`${table(results)}\n\n`)
  const { node, cpu, cores, loadAverage } = before
  const load = loadAverage[0]!.toFixed(1)
  process.stdout.write(
    `median (min–max) of ${rounds}; Node ${node}, ${cores} × ${cpu}, load ${load} before\n`,
  )
  if (quick) process.stdout.write('--quick: the figures mean nothing\n')
  mkdirSync(dirname(json), { recursive: true })
  const document = { at: new Date().toISOString(), quick, rounds, machine: before, results }
  writeFileSync(json, `${JSON.stringify({ ...document, answers: Object.fromEntries(answers) }, null, 2)}\n`)
  process.stdout.write(`all of it in ${json}\n`)
}

try {
  await main()
} catch (error) {
  const isMisuse = error instanceof Misuse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  const { message, stack } = error as Error
  process.stderr.write(`\n${isMisuse ? message : stack}\n`)
  process.exitCode = isMisuse ? EXIT_USAGE : 1
}
