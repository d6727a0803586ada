/**
 * Takes the pictures of the documents again: makes the runs in the simulator, whose seeds decide
 * everything, opens their pages in Chromium, and writes PNG files beside this one.
 *
 *   npm run pictures            CHROMIUM_PATH names a Chromium, /usr/bin/chromium without it
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { startTraceServer } from '../../src/trace-server/server.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const testbed = fileURLToPath(new URL('../../bin/testbed.js', import.meta.url))
const runsDir = mkdtempSync(join(tmpdir(), 'pictures-'))

/** Runs in the simulator and gives the run's id; a violated run exits with 1, and that is what it is for. */
function run(...options: string[]): string {
  const args = [testbed, ...options, '--runtime', 'simulator', '--json', '--no-otlp', '--port', '0']
  const read = (output: unknown) => JSON.parse(String(output)).runs[0].id as string
  try {
    return read(
      execFileSync(process.execPath, [...args, '--runs', runsDir], { stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch (error) {
    return read((error as { stdout: Buffer }).stdout)
  }
}

const snapshot = run('chandy-lamport', '--seed', '3')
const broken = run('chandy-lamport', '--peers', '6', '--break', 'fifo', '--seed', '1')
const faulty = run(
  ...['bank', '--peers', '8', '--break', 'reliable', 'crashes', '--seed', '5'],
  ...['--faults', 'latency 2-12ms, loss 10%, crash p03 at 50ms for 60ms'],
)

const PICTURES: Readonly<Record<string, string>> = {
  snapshot: `/viewer/?run=${snapshot}`,
  'broken-snapshot': `/viewer/?run=${broken}`,
  'loss-and-crash': `/viewer/?run=${faulty}&cut=400&here=network`,
  ledger: `/runs/${snapshot}`,
}

const server = await startTraceServer({ runsDir, port: 0 })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
  for (const [name, path] of Object.entries(PICTURES)) {
    await page.goto(server.url + path, { waitUntil: 'networkidle' })
    await page.screenshot({ path: join(here, `${name}.png`) })
    process.stdout.write(`${name}.png\n`)
  }
} finally {
  await browser.close()
  await server.stop()
  rmSync(runsDir, { recursive: true })
}
