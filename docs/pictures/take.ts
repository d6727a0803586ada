/**
 * Takes the pictures of the documents again, `npm run pictures`: makes the runs in the simulator, whose
 * seeds decide everything, builds the viewer aside, opens the pages in Chromium (CHROMIUM_PATH names
 * another than /usr/bin/chromium) and writes what is seen beside this file.
 *
 * Positions of events are written into the addresses. So each page must say what its picture is to
 * show: a run that has changed ends the taking, and leaves the pictures as they were.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { startTraceServer } from '../../src/trace-server/server.ts'
import { indexed } from './indexed-png.ts'

const here = import.meta.dirname
const scratch = mkdtempSync(join(tmpdir(), 'pictures-'))
const [runsDir, viewerDir] = [join(scratch, 'runs'), join(scratch, 'viewer')]

const RUNS = {
  snapshot: ['chandy-lamport', '--peers', '20', '--seed', '3'],
  broken: ['chandy-lamport', '--peers', '5', '--break', 'fifo', '--seed', '7'],
  faulty: [
    ...['bank', '--peers', '8', '--break', 'reliable', 'crashes', '--seed', '5'],
    ...['--faults', 'latency 2-12ms, loss 3%, crash p03 at 90ms for 40ms'],
  ],
} as const

interface Picture {
  readonly of: keyof typeof RUNS
  readonly view: Readonly<Record<string, string>> | 'ledger' // parameters of the viewer's address
  readonly says: readonly string[]
}

const MS = 1_000_000
const window = (from: number, to: number) => `${from * MS}..${to * MS}`

const PICTURES: Readonly<Record<string, Picture>> = {
  snapshot: {
    of: 'snapshot',
    view: { window: window(54, 80), types: 'money', about: 'results' },
    says: ['✓ valid', '20 processes', 'tokens in the processes'],
  },
  'inconsistent-cut': {
    of: 'snapshot',
    view: { window: window(94, 128), types: 'money', cut: '1800', moved: '9:2000' },
    says: ['inconsistent: p16#29'],
  },
  'broken-snapshot': {
    of: 'broken',
    view: {}, // it opens on what proves it
    says: ['✗ violated', 'p00 recorded for s1 the receipt, but p01 not the sending, of message p01#11'],
  },
  'loss-and-crash': {
    of: 'faulty',
    view: { cut: '400', here: 'network' },
    says: ['loss 3% ×', 'Network'],
  },
  ledger: { of: 'broken', view: 'ledger', says: ['✗ violated CONSISTENT CUT'] },
}

/** Makes a run and gives its id; a violated one exits with 1, and that is what it is for. */
function make(name: keyof typeof RUNS): string {
  const bin = resolve(here, '../../bin/testbed.js')
  const options = ['--runtime', 'simulator', '--json', '--no-otlp', '--port', '0', '--runs', runsDir]
  const read = (output: unknown) => JSON.parse(String(output)).runs[0].id as string
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    return read(execFileSync(process.execPath, [bin, ...RUNS[name], ...options], { stdio: [...stdio] }))
  } catch (error) {
    return read((error as { stdout: Buffer }).stdout)
  }
}

async function take(page: Page, path: string, says: readonly string[]): Promise<Buffer> {
  await page.goto(path, { waitUntil: 'networkidle' })
  const text = (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ')
  const missing = says.find((words) => !text.includes(words))
  if (missing !== undefined) throw new Error(`${path} does not say '${missing}', but: ${text}`)
  return indexed(await page.screenshot())
}

async function takeAll(): Promise<Map<string, Buffer>> {
  const configFile = resolve(here, '../../web/vite.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir: viewerDir } })
  const ids = Object.fromEntries(Object.keys(RUNS).map((name) => [name, make(name as keyof typeof RUNS)]))
  const server = await startTraceServer({ runsDir, viewerDir, port: 0 })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
    // The pages are our own, and a container may not give the rights of a sandbox; text as on any screen.
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
    const taken = new Map<string, Buffer>()
    for (const [name, { of, view, says }] of Object.entries(PICTURES)) {
      const query = view === 'ledger' ? '' : new URLSearchParams({ run: ids[of]!, ...view })
      const path = view === 'ledger' ? `/runs/${ids[of]}` : `/viewer/?${query}`
      taken.set(name, await take(page, server.url + path, says))
    }
    return taken
  } finally {
    await browser.close()
    await server.stop()
  }
}

try {
  for (const [name, picture] of await takeAll()) {
    writeFileSync(join(here, `${name}.png`), picture)
    process.stdout.write(`${name}.png ${Math.round(picture.length / 1000)} kB\n`)
  }
} finally {
  rmSync(scratch, { recursive: true })
}
