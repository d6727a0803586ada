/** A run that goes on while it is watched. */
import { expect } from 'vitest'
import { emptyFolder, Running } from '../../end-to-end/testing.ts'
import { addressSays, button, diagram, eventually, opened, panel, says } from '../screen.ts'
import type { Journey, Visit } from '../stage.ts'

/** More than anybody waits for: the test ends it. */
const ENDLESS = ['bank', '--peers', '4', '--seed', '11', '--spendings', '100000', '--every-ms', '20']

/** Attached to the server whose pages are open. */
const begun = ({ stage }: Visit): Running => {
  const args = [...ENDLESS, '--runs', emptyFolder(), '--no-otlp', '--exit', '--for', '5m']
  return new Running(args, { env: { TESTBED_VIEWER_URL: stage.server.url } })
}

export function live(journey: Journey): void {
  journey('a run begun while the page is open grows, and ends with its verdict', async (visit) => {
    const { page, stage, see } = visit
    visit.pardon(/\/live\?from=\d+ net::ERR_ABORTED$/) // the page closes the stream at the run's end
    await see(stage.runs.violated)
    const run = begun(visit)
    await run.seen(/sent to the server that already listens/)
    await eventually(() => stage.server.store.list()[0]?.state).toBe('running')
    await button(page, 'Runs').click()
    const row = page.getByRole('dialog', { name: 'Runs' }).getByRole('row').filter({ hasText: 'running' })
    await row.getByRole('link', { name: 'bank' }).click()
    const head = page.getByRole('banner')
    await says(head, 'bank', 'live', '4 processes')
    await says(panel(page, 'Verdict'), 'No verdict yet')
    const events = async () =>
      Number((await head.innerText()).match(/([\d\u202f]+) events?/)?.[1]?.replaceAll('\u202f', ''))
    const first = await events()
    await eventually(events).toBeGreaterThan(first + 50)

    const list = await opened(page, 'List')
    const named = async () =>
      Number((await list.getByRole('listbox').getAttribute('aria-label'))!.match(/of (\d+)/)![1])
    const before = await named()
    await eventually(named).toBeGreaterThan(before)
    await button(page, /^follow$/)
      .and(page.locator('[aria-pressed=true]'))
      .waitFor()
    await diagram(page).focus()
    await page.keyboard.press('+')
    await page.keyboard.press(',')
    await button(page, /^follow$/)
      .and(page.locator('[aria-pressed=false]'))
      .waitFor()

    run.signal('SIGINT')
    const { code, stderr } = await run.ended
    expect(stderr, `the run ended with ${code}`).not.toMatch(/^\s+at /m)
    await says(panel(page, 'Verdict'), 'BOOKS KEPT', 'Ended interrupted')
    await eventually(() => head.getByText('live').count()).toBe(0)
    await addressSays(page, 'here', 'events')
  })
}
