/**
 * Where the time goes while a run opens, function by function: of the tab through the protocol of its
 * debugger, of the server, which is in this process, by node's own. A profile makes what it looks at slower,
 * so no figure of the benchmark is taken from such an opening.
 */
import { Session } from 'node:inspector/promises'
import type { Browser } from 'playwright-core'
import { openIn, type Size } from './look.ts'

interface Node {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly Node[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined // µs
}

const EVERY_US = 500

export async function profileOpening(browser: Browser, url: string, viewport: Size): Promise<string[]> {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1 })
  const page = await context.newPage()
  const tab = await context.newCDPSession(page)
  const server = new Session()
  server.connect()
  await tab.send('Profiler.enable')
  await tab.send('Profiler.setSamplingInterval', { interval: EVERY_US })
  await server.post('Profiler.enable')
  await server.post('Profiler.setSamplingInterval', { interval: EVERY_US })
  await Promise.all([tab.send('Profiler.start'), server.post('Profiler.start')])
  await openIn(page, url)
  const [its, ours] = await Promise.all([tab.send('Profiler.stop'), server.post('Profiler.stop')])
  server.disconnect()
  await context.close()
  return ['the tab', ...dearest(its.profile), 'the server', ...dearest(ours.profile)]
}

const SHOWN = 20
const IDLE = ['(idle)', '(program)', '(root)']

/** The functions that took most, themselves, in ms. */
function dearest({ nodes, samples = [], timeDeltas = [] }: Profile): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const took = new Map<string, number>()
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    took.set(name, (took.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1_000)
  }
  const working = [...took].filter(([name]) => !IDLE.includes(name)).sort((a, b) => b[1] - a[1])
  const all = working.reduce((sum, [, ms]) => sum + ms, 0)
  const row = (ms: number, name: string) => `${ms.toFixed(0).padStart(7)} ms  ${name}`
  return [row(all, 'in all'), ...working.slice(0, SHOWN).map(([name, ms]) => row(ms, name))]
}

function nameOf({ functionName, url, lineNumber }: Node['callFrame']): string {
  if (url === '' && functionName.startsWith('(')) return functionName
  return `${functionName || 'anonymous'}  ${url.split('/').at(-1)}:${lineNumber + 1}`
}
