import { expect, test } from 'vitest'
import { network } from '../draw/network.ts'
import { fit, NO_FILTER, type SpaceTimeView, spaceTime } from '../draw/space-time.ts'
import { longHistory } from '../model/testing.ts'
import { chromeTrace } from './chrome.ts'
import { shivizLog } from './shiviz.ts'
import { svg } from './svg.ts'

const { data } = longHistory(400, 5, 1)
const words = (position: number) => `event ${position}`

/** What ShiViz proposes in its field "Log parsing regular expression". */
const SHIVIZ = /(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g

test('the log is taken apart by the expression that ShiViz proposes', () => {
  const found = [...[...shivizLog(data, words)].join('').matchAll(SHIVIZ)]
  expect(found.length).toBe(data.length)
  const own = new Map<string, number>()
  for (const [i, { groups }] of found.entries()) {
    const { event, host, clock } = groups!
    expect(event).toBe(`event ${i}`)
    expect(host).toBe(data.processes[data.process(i)])
    // ShiViz refuses a log in which a host's own entry does not grow by one.
    own.set(host!, (own.get(host!) ?? 0) + 1)
    expect(JSON.parse(clock!)[host!]).toBe(own.get(host!))
  }
})

test('a line break in what an event says does not end it', () => {
  const log = [...shivizLog(data, () => 'two\nlines')].join('')
  expect([...log.matchAll(SHIVIZ)].every(({ groups }) => groups!.event === 'two lines')).toBe(true)
})

test('of a Chrome trace each flow that ends has begun, and every message received is one', () => {
  const { traceEvents } = JSON.parse(chromeTrace(data, words)) as {
    traceEvents: { ph: string; id: number; ts: number; dur: number; pid: number }[]
  }
  const begun = new Set(traceEvents.filter(({ ph }) => ph === 's').map(({ id }) => id))
  const ended = traceEvents.filter(({ ph }) => ph === 'f')
  expect(ended.every(({ id }) => begun.has(id))).toBe(true)
  expect(ended.length).toBe(
    [...data.messages.deliverAt.slice(0, data.messages.length)].filter((at) => at !== -1).length,
  )
  expect(traceEvents.filter(({ ph }) => ph === 'M').length).toBe(data.processes.length)
  expect(traceEvents.every(({ ph, ts }) => ph === 'M' || ts >= 0)).toBe(true)
})

const SHEET = { width: 900, height: 400, theme: 'light', title: '<script>& "quoted"' } as const

test('an SVG holds every shape of its list, and what is said as text', () => {
  const view: SpaceTimeView = {
    ...fit(data, 'real'),
    ...{ width: 900, height: 400, axis: 'real', scrollTop: 0, selected: 3, cut: null },
    ...{ order: data.processes.map((_, p) => p), filter: NO_FILTER },
    ...{ showTimers: true, showRecordedCuts: true },
  }
  const lists = [
    spaceTime(data, view),
    network(data, { width: 900, height: 400, layout: 'ring', cursorNs: 50_000, selected: 1 }),
  ]
  for (const list of lists) {
    const picture = svg(list, SHEET)
    const count = (tag: string) => picture.split(`<${tag}`).length - 1
    const texts = list.filter(({ shape }) => shape === 'text').length
    expect(count('text ')).toBe(texts)
    expect(count('path ')).toBeGreaterThanOrEqual(list.filter(({ shape }) => /line|arrow/.test(shape)).length)
    expect(picture).not.toContain('<script>')
    expect(picture).not.toMatch(/NaN|undefined|Infinity/)
    expect(picture).toContain('<title>&lt;script&gt;&amp; &quot;quoted&quot;</title>')
  }
})
