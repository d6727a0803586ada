/**
 * `npm run bench:viewer`: the viewer on a run of a million messages, in a real Chromium without a GPU:
 * how long it takes to open, a frame while somebody pans and zooms, the memory of the tab, and a window
 * of bodies. See README.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import { startTraceServer } from '../../src/trace-server/server.ts'
import { makeBigRun } from './big-run.ts'
import { type Figures, lines } from './figures.ts'
import { look, type Size } from './look.ts'
import { profileOpening } from './profile.ts'

const HERE = dirname(fileURLToPath(import.meta.url))

const SCREENS: readonly (Size & { readonly name: string })[] = [
  { name: '1500×900', width: 1500, height: 900 },
  { name: '4K', width: 3840, height: 2160 },
]

const HELP = `npm run bench:viewer -- [--screens 1500×900|4K] [--messages N] [--profile] [--json FILE] [--folder DIR]

  --screens   one of them (default: both)
  --messages  of each of the two runs (default: 1000000)
  --profile   also where the time of the opening goes
  --json      where the document goes (default: bench/results/viewer.json)
  --folder    where the runs are kept between two measurements (default: bench/results/viewer-runs)
  --chromium  the browser (default: $CHROMIUM_PATH or /usr/bin/chromium)
`
const EXIT_USAGE = 64

function options() {
  try {
    return read()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(EXIT_USAGE)
  }
}

function read() {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '1000000' },
      folder: { type: 'string', default: join(HERE, '../results/viewer-runs') },
      json: { type: 'string', default: join(HERE, '../results/viewer.json') },
      profile: { type: 'boolean', default: false },
      screens: { type: 'string', default: 'all' },
      chromium: { type: 'string', default: process.env.CHROMIUM_PATH || '/usr/bin/chromium' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    process.exit()
  }
  const names = SCREENS.map(({ name }) => name)
  if (values.screens !== 'all' && !names.includes(values.screens)) {
    throw new Error(`--screens ${values.screens}: there are ${names.join(' and ')}`)
  }
  const messages = Number(values.messages)
  if (!Number.isInteger(messages) || messages < 1) {
    throw new Error(`--messages ${values.messages}: it must be a whole number of 1 or more`)
  }
  return { ...values, messages }
}

/** No frame waits for a screen: what is measured is the work. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-frame-rate-limit', '--disable-gpu-vsync']

const { messages, folder, json, profile, screens, chromium: executablePath } = options()
mkdirSync(folder, { recursive: true })
const server = await startTraceServer({ runsDir: folder, port: 0, keep: { runs: 1_000, bytes: 1e12 } })
const figures: Figures[] = []
try {
  for (const processes of [20, 200]) {
    const id = await runOf(processes)
    for (const screen of SCREENS.filter(({ name }) => screens === 'all' || name === screens)) {
      const url = `${server.url}/viewer/?run=${id}`
      if (profile) {
        say(`${id}, ${screen.name}`, ...(await inBrowser((browser) => profileOpening(browser, url, screen))))
      }
      const its = await inBrowser((browser) => look(browser, url, screen))
      figures.push({ run: `${processes} processes`, screen: screen.name, ...its })
    }
  }
} finally {
  await server.stop()
}
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version }
writeFileSync(json, `${JSON.stringify({ messages, machine, figures }, null, 1)}\n`)
say(
  ...lines(messages, figures),
  `${machine.cores} × ${machine.cpu}; load ${machine.load.map((l) => l.toFixed(1)).join(' ')}`,
)

function say(...texts: readonly string[]): void {
  process.stdout.write(`${texts.join('\n')}\n`)
}

/** Each begins in a browser of its own, as somebody does who follows a link. */
async function inBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath, args: FLAGS })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

async function runOf(processes: number): Promise<string> {
  const id = `bank-${processes}-processes-${messages}-messages`
  if (existsSync(join(folder, id, 'run.json')) && isWhole(join(folder, id))) return id
  process.stderr.write(`making ${id}\n`)
  return makeBigRun({ folder, messages, processes })
}

/** A run that was left half made has no outcome. */
function isWhole(at: string): boolean {
  return JSON.parse(readFileSync(join(at, 'run.json'), 'utf8')).outcome !== undefined
}
