/**
 * What every journey needs, made once: the built viewer, the runs, a server over them and a browser.
 * A journey gets a page of its own, which is watched: nothing on the console, no request that fails or
 * leads away, no dialog.
 */
import { globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startTraceServer, type TraceServer } from '../../src/trace-server/server.ts'
import { VIEWER_DIR } from '../../src/trace-server/viewer.ts'
import { emptyFolder, testbed } from '../end-to-end/testing.ts'
import { launch } from './chromium.ts'
import { makeRuns, type Runs } from './runs.ts'

export interface Stage {
  readonly server: TraceServer
  readonly viewerDir: string
  readonly runsDir: string
  readonly browser: Browser
  readonly runs: Runs
  leave(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  const folder = emptyFolder()
  const [browser, viewerDir, runs] = await Promise.all([launch(), builtViewer(), makeRuns(folder)])
  const server = await startTraceServer({ runsDir: folder, port: 0, viewerDir })
  const leave = async () => {
    await browser.close()
    await server.stop()
  }
  return { server, viewerDir, runsDir: folder, browser, runs, leave }
}

const SOURCES = ['web/{app,draw,export,model,paint}/**', 'web/*.*', 'src/{lib,trace-format}/**']

/**
 * The viewer as it is built, if it is that of the sources. Else it is built to a folder aside: other
 * tests look at web/dist at this moment.
 */
async function builtViewer(): Promise<string> {
  const built = statSync(`${VIEWER_DIR}/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = globSync(SOURCES).filter((path) => !/\.test\.tsx?$/.test(path))
  if (sources.every((path) => statSync(path).mtimeMs <= built)) return VIEWER_DIR
  const folder = emptyFolder()
  const { code, stderr } = await testbed([folder], { bin: resolve('web/build.js') })
  if (code !== 0) throw new Error(`the viewer cannot be built:\n${stderr}`)
  return folder
}

/** A person before a page. */
export interface Visit {
  readonly page: Page
  readonly stage: Stage
  /** Goes to a page of the server. */
  go(path: string): Promise<void>
  /** Opens the viewer; the parameters are those of its address. */
  see(run: { readonly id: string }, view?: Readonly<Record<string, string | number>>): Promise<void>
  /** What this journey provokes is no complaint. */
  pardon(what: RegExp): void
  /** Another page with the same eyes, watched as well; `url` is of another server that it goes to. */
  another(options?: BrowserContextOptions, url?: string): Promise<Visit>
}

/** From which width on the page is laid out for. */
const SIZE = { width: 1280, height: 720 }
const PATIENCE_MS = 20_000

class Visitor implements Visit {
  readonly page: Page
  readonly stage: Stage
  readonly #options: BrowserContextOptions
  readonly #complaints: string[]
  readonly #visitors: Visitor[]
  readonly #pardoned: RegExp[] = []

  private constructor(stage: Stage, page: Page, options: BrowserContextOptions, others: Visitor[]) {
    this.stage = stage
    this.page = page
    this.#options = options
    this.#complaints = watched(page, stage.server.url)
    this.#visitors = others
    others.push(this)
  }

  static async enter(stage: Stage, options: BrowserContextOptions, others: Visitor[]): Promise<Visitor> {
    const context = await stage.browser.newContext({
      viewport: SIZE,
      deviceScaleFactor: 1,
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(PATIENCE_MS)
    return new Visitor(stage, await context.newPage(), options, others)
  }

  readonly go = async (path: string): Promise<void> => {
    await this.page.goto(`${this.stage.server.url}${path}`)
  }

  readonly see: Visit['see'] = async (run, view = {}) => {
    const query = new URLSearchParams({ run: run.id })
    for (const [name, value] of Object.entries(view)) query.set(name, String(value))
    await this.go(`/viewer/?${query}`)
    await this.page.getByRole('application').waitFor()
  }

  readonly pardon = (what: RegExp): void => {
    this.#pardoned.push(what)
  }

  readonly another: Visit['another'] = (options = {}, url = this.stage.server.url) => {
    const stage = { ...this.stage, server: { ...this.stage.server, url } }
    return Visitor.enter(stage, { ...this.#options, ...options }, this.#visitors)
  }

  /** What was wrong with the page, whatever the journey itself found. */
  get complaints(): readonly string[] {
    return this.#complaints.filter((what) => !this.#pardoned.some((pardoned) => pardoned.test(what)))
  }

  async leave(): Promise<void> {
    await this.page.context().close()
  }
}

/** Collects what must not happen on a page. */
function watched(page: Page, home: string): string[] {
  const complaints: string[] = []
  const wrong = (what: string) => void complaints.push(what)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong(`console ${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => wrong(`error: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${home}/`)) wrong(`request to ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    // A browser that is led elsewhere gives up the page's icon, whenever it may have asked for it.
    const isIcon =
      /\/icon[^/]*\.svg$/.test(request.url()) && request.failure()?.errorText === 'net::ERR_ABORTED'
    if (!page.isClosed() && !isIcon) wrong(`failed: ${request.url()} ${request.failure()?.errorText}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) wrong(`${response.status()}: ${response.url()}`)
  })
  page.on('dialog', (dialog) => {
    wrong(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.context().on('page', (other) => wrong(`another page: ${other.url()}`))
  return complaints
}

/** A test that goes through pages; all of them must have been without complaint. */
export type Journey = (
  name: string,
  act: (visit: Visit) => Promise<void>,
  options?: BrowserContextOptions,
) => void

export const journeysOf =
  (stage: () => Stage): Journey =>
  (name, act, options = {}) =>
    test(name, async () => {
      const visitors: Visitor[] = []
      try {
        await act(await Visitor.enter(stage(), options, visitors))
        expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([])
      } finally {
        await Promise.all(visitors.map((visitor) => visitor.leave()))
      }
    })
