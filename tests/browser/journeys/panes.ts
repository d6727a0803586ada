/** The panes beside the drawing, and what filters it. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { eventWhere, processOf, type Run } from '../runs.ts'
import {
  addressSays,
  button,
  eventually,
  listed,
  opened,
  panel,
  parameter,
  says,
  selects,
  status,
} from '../screen.ts'
import type { Journey } from '../stage.ts'

/** A step in the middle of a run that changed the state of its process. */
const changing = (run: Run): number =>
  eventWhere(run, (i) => {
    const { position, changed, exact } = run.data.stateAt(run.data.process(i), i)
    return i > 200 && position === i && exact && changed.length > 0
  })

const rowOf = (page: Page, process: string): Locator =>
  panel(page, 'State')
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: process }) })

export function panes(journey: Journey): void {
  journey('the verdict in sentences; a witness leads to its event', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    const broken = violated.data.outcome!.properties.find(({ verdict }) => verdict === 'violated')!
    const { explanation, witnesses } = broken.findings[0]!
    await see(violated)
    const verdict = panel(page, 'Verdict')
    await says(verdict, `violated ${broken.name}`, explanation, 'Repeat it', violated.data.run.command)
    const first = verdict.getByRole('listitem').first()
    await says(first, 'violated')
    const witness = verdict.getByRole('list', { name: 'Witnesses' }).first().getByRole('button').first()
    await witness.click()
    await selects(page, witnesses[0]!)
    expect(await witness.getAttribute('aria-pressed')).toBe('true')
    await says(status(page), processOf(violated, witnesses[0]!))
    const list = await opened(page, 'List')
    await says(list.getByRole('option', { selected: true }), 'witness')
  })

  journey('results, messages and notes of the run', async ({ page, stage, see }) => {
    await see(stage.runs.real)
    const results = await opened(page, 'Results')
    await says(results, 'Snapshot s1', '= 2000 of 2000')
    expect(await results.getByRole('row').count()).toBe(22)
    const messages = await opened(page, 'Messages')
    await says(messages, 'marker 380 380', 'money 400 400', 'takeSnapshot 1 380 380 380')
    const bars = messages.getByRole('img', { name: /^380 delivered; of \d+ bars/ })
    expect(await bars.count()).toBe(1)
    const byProcess = messages.getByRole('table', { name: 'By process' })
    await byProcess.getByRole('button', { name: 'sent' }).click()
    const sent = (await byProcess.getByRole('row').allInnerTexts()).slice(1).map((row) => row.split(/\s+/)[1])
    expect(sent.map(Number)).toEqual(sent.map(Number).toSorted((a, b) => b - a))
    expect(sent.reduce((sum, one) => sum + Number(one), 0)).toBe(780)
    const notes = await opened(page, 'Notes')
    await says(notes.getByRole('heading', { level: 2 }).first(), 'Problem')
  })

  journey('the state at the cursor, with what changed marked', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    const position = changing(violated)
    const process = violated.data.process(position)
    const { state, changed } = violated.data.stateAt(process, position)
    await see(violated, { at: position, here: 'state' })
    const row = rowOf(page, processOf(violated, position))
    await says(row, /changed: /)
    const cells = await row.getByRole('cell', { name: /^changed: / }).allInnerTexts()
    expect(cells.length).toBeGreaterThanOrEqual(1)
    const plain = changed.flatMap((name) => (typeof state![name] === 'number' ? [state![name]] : []))
    for (const value of plain) expect(cells.map((text) => text.split(/\s+/).at(-1))).toContain(String(value))
    await page.getByRole('application').focus()
    await page.keyboard.press('[')
    await eventually(async () => row.getByRole('cell', { name: /^changed: / }).allInnerTexts()).not.toEqual(
      cells,
    )
    await panel(page, 'State').getByRole('button', { name: violated.data.processes[0]!, exact: true }).click()
    await eventually(() => violated.data.process(Number(parameter(page, 'at')))).toBe(0)
  })

  journey(
    'the network plays and pauses',
    async ({ page, stage, see }) => {
      const { crashed } = stage.runs
      await see(crashed, { cut: 50, here: 'network' })
      const pane = panel(page, 'Network')
      const cut = () => Number(parameter(page, 'cut'))
      await button(page, 'play').click()
      await eventually(cut).toBeGreaterThan(60)
      await button(page, 'pause').click()
      await button(page, 'play').waitFor()
      const stopped = cut()
      await says(status(page), `(event ${stopped})`)
      await eventually(() => pane.getByRole('img').getAttribute('aria-label')).toMatch(
        /8 processes, 28 links, \d+ messages in transit/,
      )
      await button(page, 'One event on').click()
      await addressSays(page, 'cut', stopped + 1)
      await button(page, 'One event back').click()
      await addressSays(page, 'cut', stopped)
      await pane.getByRole('combobox', { name: 'Layout' }).selectOption('grid')
      await addressSays(page, 'layout', 'grid')
    },
    { reducedMotion: 'no-preference' },
  )

  journey('with reduced motion playing goes in steps from event to event', async (visit) => {
    const { page, stage, see } = visit
    const { crashed } = stage.runs
    await see(crashed, { cut: 100, here: 'network' })
    await button(page, 'play').click()
    const moments = new Map<string, string>()
    await eventually(async () => {
      const label = (await panel(page, 'Network').getByRole('img').getAttribute('aria-label')) ?? ''
      moments.set(label.match(/at ([\d.]+ ms)/)![1]!, label)
      return Number(parameter(page, 'cut'))
    }).toBeGreaterThanOrEqual(102)
    await button(page, 'pause').click()
    // Only moments of events, none between two of them.
    const times = Array.from({ length: crashed.data.length }, (_, i) => crashed.data.timeNs(i))
    const known = new Set(times.map((ns) => `${(ns / 1e6).toFixed(3)} ms`))
    expect([...moments.keys()].filter((moment) => !known.has(moment))).toEqual([])
  })

  journey('messages are filtered by type', async ({ page, stage, see }) => {
    const { real } = stage.runs
    await see(real, { here: 'events' })
    const { shown } = await listed(page)
    const marker = button(page, /^marker/)
    expect(await marker.getAttribute('aria-pressed')).toBe('true')
    await marker.click()
    await addressSays(page, 'types', 'money')
    expect(await marker.getAttribute('aria-pressed')).toBe('false')
    await eventually(async () => (await listed(page)).shown).toBe(shown - 2 * 380)
    await page.getByRole('searchbox').fill('marker')
    await eventually(() =>
      page
        .getByRole('option')
        .filter({ hasText: /(sends|receives) marker/ })
        .count(),
    ).toBe(0)
    await marker.click()
    await addressSays(page, 'types', null)
    await eventually(() =>
      page
        .getByRole('option')
        .filter({ hasText: /(sends|receives) marker/ })
        .count(),
    ).toBeGreaterThan(5)
  })

  journey('processes are hidden and shown again', async ({ page, stage, see }) => {
    await see(stage.runs.crashed, { here: 'state' })
    await page.getByText('all processes').click()
    await page.getByRole('checkbox', { name: 'p03' }).uncheck()
    await addressSays(page, 'hidden', 3)
    await page.getByText('7 of 8 processes').waitFor()
    await eventually(() => panel(page, 'State').getByRole('rowheader').allInnerTexts()).not.toContain('p03')
    await page.getByRole('button', { name: 'all', exact: true }).click()
    await addressSays(page, 'hidden', null)
  })
}
