/** A live network to play with: a run that is held open, acted on from its page. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { alone, emptyFolder, Running, recordIn, runsIn } from '../../end-to-end/testing.ts'
import { diagram, eventually, opened, panel, parameter, says, tab } from '../screen.ts'
import type { Journey, Visit } from '../stage.ts'
import { violations } from './for-everybody.ts'

const AT_REST = /at rest, and held open/

interface Held {
  readonly run: Running
  readonly runs: string
  readonly link: string
  readonly token: string
}

async function held(): Promise<Held> {
  const runs = emptyFolder()
  const args = ['flooding', '--peers', '6', '--seed', '3', '--interactive', ...alone(runs)]
  const run = new Running(args, { typing: true })
  await run.seen(AT_REST)
  const [, link, token] = await run.seen(/(http:\S+)#token=([\w-]+)/)
  return { run, runs, link: link!, token: token! }
}

/** The run's own server, with the viewer as it is built for these tests. */
async function atTheRun(visit: Visit, { link }: Held): Promise<Visit> {
  const url = new URL(link).origin
  const own = await visit.another({}, url)
  await own.page.route(`${url}/viewer/**`, (route) => {
    const path = new URL(route.request().url()).pathname.replace(/^\/viewer\/$/, '/viewer/index.html')
    return route.fulfill({ path: join(visit.stage.viewerDir, path.slice('/viewer/'.length)) })
  })
  return own
}

const LEFT = /\/live\?from=\d+ net::ERR_/ // the page closes the stream, or the run ends it

export function acting(journey: Journey): void {
  journey('crash a peer from the page, and watch what follows', async (visit) => {
    const its = await held()
    const { page, pardon } = await atTheRun(visit, its)
    pardon(LEFT)
    await page.goto(`${its.link}#token=${its.token}`)
    await diagram(page).waitFor()
    expect(page.url()).not.toContain(its.token)
    await says(page.getByRole('banner'), 'flooding', 'valid', 'live')

    const pane = await opened(page, 'Act')
    expect(await violations(page)).toEqual([])
    const process = pane.getByRole('form', { name: 'A process', exact: true })
    await process.getByLabel('process').selectOption('p02')
    await process.getByRole('button', { name: 'Crash' }).click()
    await says(pane.getByRole('log'), 'crash p02: done')
    await process.getByRole('button', { name: 'Crash' }).click()
    await says(pane.getByRole('log'), 'crash p02: p02 is down already')

    const asking = pane.getByRole('form', { name: 'Ask a process' })
    await asking.getByLabel('process').selectOption('p03')
    await asking.getByLabel('id').fill('say "hello", all')
    await asking.getByRole('button', { name: 'Ask' }).click()
    await its.run.seen(/p05 deliver .*say "hello", all/)
    // The verdict is told where the picture is, as soon as the run rests.
    await says(page.getByRole('banner'), 'violated')
    await says(panel(page, 'Verdict'), 'REACH', 'p02 never heard of say "hello", all')
    await eventually(() => parameter(page, 'window')).not.toBeNull()

    const list = await opened(page, 'List')
    await page.getByRole('searchbox').fill('crash')
    await list.getByRole('option').filter({ hasText: 'p02' }).first().click()
    await says(page.getByRole('status'), 'p02', 'crash')
    expect(await diagram(page).isVisible()).toBe(true)

    await page.reload() // the token is kept for this tab
    await opened(page, 'Act')
    await process.getByLabel('process').selectOption('p02')
    await process.getByRole('button', { name: 'Recover' }).click()
    await says(pane.getByRole('log'), 'recover p02: done')
    its.run.type('quit')
    expect((await its.run.ended).code).toBe(1)
    await eventually(() => tab(page, 'Act').count()).toBe(0)
    await says(panel(page, 'Verdict'), 'broken by hand: crashes')
  })

  journey('cut a link and heal it; only where there is one', async (visit) => {
    const its = await held()
    const { page, pardon } = await atTheRun(visit, its)
    pardon(LEFT)
    await page.goto(`${its.link}#token=${its.token}`)
    const pane = await opened(page, 'Act')
    const link = pane.getByRole('form', { name: 'A link' })
    const first = firstLink(its.runs)
    await link.getByLabel('from').selectOption(first[0])
    expect(await link.getByLabel('to').locator('option').count()).toBeLessThan(5)
    await link.getByLabel('to').selectOption(first[1])
    await link.getByRole('button', { name: 'Cut' }).click()
    await says(pane.getByRole('log'), `cut ${first.join('-')}: done`)
    await link.getByLabel('one way').check()
    await link.getByRole('button', { name: 'Heal' }).click()
    await says(pane.getByRole('log'), `heal ${first.join('->')}: done`)
    its.run.endInput()
    await its.run.ended
  })

  journey('without the token nothing can be done, and nothing is shown of it', async (visit) => {
    const its = await held()
    const { page, pardon } = await atTheRun(visit, its)
    pardon(LEFT)
    await page.goto(its.link)
    await diagram(page).waitFor()
    await says(page.getByRole('banner'), 'live')
    expect(await tab(page, 'Act').count()).toBe(0)
    its.run.endInput()
    await its.run.ended
  })
}

function firstLink(runs: string): readonly [string, string] {
  const { run } = recordIn(runsIn(runs)[0]!)
  const [[i, j]] = run.links as [[number, number]]
  return [run.processes[i]!, run.processes[j]!]
}
