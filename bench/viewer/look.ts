/** One person before one run: opens it, pans, zooms, scrolls, and asks what events say. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { type Measured, type Spread, spread } from './figures.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

const FRAMES = 120
const BODIES = 40
const PATIENCE_MS = 120_000

export async function look(browser: Browser, url: string, viewport: Size): Promise<Measured> {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1 })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const served = cpuMs()
  const began = performance.now()
  await openIn(page, url)
  const openMs = performance.now() - began
  const openCpuMs = { tab: await tabCpuMs(browser), server: cpuMs() - served }
  const name = await page.getByRole('application').getAttribute('aria-label')
  const events = Number(/(\d+) events/.exec(name ?? '')?.[1] ?? Number.NaN)
  const bodiesMs = await bodies(page, new URL(url), events)
  const zoomMs = await frames(page, { ctrlKey: true, deltaY: -40 }, { ctrlKey: true, deltaY: 40 })
  await frames(page, { ctrlKey: true, deltaY: -8 }, { ctrlKey: true, deltaY: -8 }) // nearer, to pan in
  const panMs = await frames(page, { shiftKey: true, deltaY: 40 }, { shiftKey: true, deltaY: -40 })
  const scrolls = await page.evaluate<boolean>(SCROLLS)
  const scrollMs = scrolls ? await frames(page, { deltaY: 30 }, { deltaY: -30 }) : null
  const tabMb = await tabMemory(browser, page)
  await context.close()
  return { events, openMs, openCpuMs, panMs, zoomMs, scrollMs, tabMb, bodiesMs }
}

/** Until the picture is there. */
export async function openIn(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'commit' })
  await page.getByRole('application').waitFor()
  await page.evaluate(PAINTED)
}

/** Of this process: the server is in it, and while a page opens hardly anything else. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Since the tab began. */
async function tabCpuMs(browser: Browser): Promise<number> {
  const tabs = await renderers(browser)
  return Math.max(...tabs.map(({ cpuTime }) => cpuTime)) * 1_000
}

async function renderers(browser: Browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.filter(({ type }) => type === 'renderer')
}

/** The second frame begins when the first is painted. */
const PAINTED = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'

const SCROLLS = `(() => {
  const names = document.querySelector('[role=application]').getAttribute('aria-label')
  return Number(/^(\\d+) processes/.exec(names)[1]) > 40
})()`

interface Turn {
  readonly deltaY: number
  readonly ctrlKey?: boolean
  readonly shiftKey?: boolean
}

/** A turn of the wheel a frame: half of them this way, half the other. */
async function frames(page: Page, there: Turn, back: Turn): Promise<Spread> {
  const script = `new Promise((done) => {
    const place = document.querySelector('[role=application]')
    const box = place.getBoundingClientRect()
    const at = { clientX: box.left + box.width * 0.6, clientY: box.top + box.height / 2 }
    const turn = (how) =>
      place.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, ...at, ...how }))
    const times = []
    let last = performance.now()
    let left = ${FRAMES}
    const frame = () => {
      const now = performance.now()
      times.push(now - last)
      last = now
      if (left-- === 0) return done(times.slice(2))
      turn(left >= ${FRAMES / 2} ? ${JSON.stringify(there)} : ${JSON.stringify(back)})
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })`
  return spread(await page.evaluate<number[]>(script))
}

/** Blocks from all over the run, one after another. */
async function bodies(page: Page, url: URL, events: number): Promise<Spread> {
  const path = `/api/runs/${url.searchParams.get('run')}/blocks/`
  const last = Math.floor(events / 4096) - 1
  const script = `(async () => {
    const times = []
    for (let k = 0; k < ${BODIES}; k++) {
      const index = (k * 7919) % ${Math.max(1, last)}
      const began = performance.now()
      const response = await fetch(${JSON.stringify(path)} + index)
      if (!response.ok) throw new Error('block ' + index + ': ' + response.status)
      await response.arrayBuffer()
      times.push(performance.now() - began)
    }
    return times
  })()`
  return spread(await page.evaluate<number[]>(script))
}

/** Memory that is the tab's alone, and its share of what it has with others, in MB. */
async function tabMemory(browser: Browser, page: Page): Promise<number> {
  await (await page.context().newCDPSession(page)).send('HeapProfiler.collectGarbage')
  const tabs = await renderers(browser)
  return Math.max(...tabs.map(({ id }) => pssMb(id)))
}

function pssMb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1024
}
