/** Finding a run, an event, a message; going from one to the next. */
import { expect } from 'vitest'
import { NAMED_COLOURS } from '../../../web/draw/palette.ts'
import { coneOf } from '../../../web/model/causality.ts'
import { clickAt, coloursAt, dots, drawn } from '../drawing.ts'
import { eventWhere, messageWhere, processOf } from '../runs.ts'
import {
  addressSays,
  button,
  diagram,
  eventually,
  listed,
  opened,
  panel,
  says,
  selects,
  status,
} from '../screen.ts'
import type { Journey } from '../stage.ts'

export function reading(journey: Journey): void {
  journey('the list of runs is opened and a run chosen', async ({ page, stage, go }) => {
    await go('/viewer/')
    await diagram(page).waitFor()
    await button(page, 'Runs').click()
    const dialog = page.getByRole('dialog', { name: 'Runs' })
    await eventually(() => dialog.getByRole('row').count()).toBeGreaterThanOrEqual(5)
    const row = dialog.getByRole('row').filter({ hasText: 'loss 10%' })
    await says(row, 'bank', 'violated', 'simulator', `${stage.runs.crashed.data.length}`)
    await row.getByRole('link', { name: 'bank' }).click()
    await says(page.getByRole('banner'), 'bank', 'violated', '8 processes', 'loss 10%')
    await addressSays(page, 'run', stage.runs.crashed.id)
    expect(await dialog.isVisible()).toBe(false)
    expect(await page.title()).toContain('bank')
    await page.goBack()
    await eventually(() => page.getByRole('heading', { level: 1 }).innerText()).not.toBe('bank')
  })

  journey('the ledger leads to the viewer', async ({ page, stage, go }) => {
    await go('/')
    const { id } = stage.runs.violated
    await page.getByRole('row').filter({ hasText: id }).getByRole('link', { name: /view/ }).click()
    await diagram(page).waitFor()
    await says(page.getByRole('banner'), 'chandy-lamport', 'violated')
    await addressSays(page, 'run', id)
  })

  journey('an event is selected by a click on the canvas', async ({ page, stage, see }) => {
    const { real } = stage.runs
    await see(real)
    const now = await drawn(page, real)
    const dot = dots(now).find(({ event }) => real.data.kind(event) === 'deliver')!
    await clickAt(page, now, dot)
    await selects(page, dot.event)
    const from = real.data.processes[real.data.peer(dot.event)]
    const heading = panel(page, 'Event').getByRole('heading').first()
    await says(heading, processOf(real, dot.event), 'receives', `from ${from}`)
    await says(status(page), processOf(real, dot.event), `cut at`, `(event ${dot.event})`, 'consistent')
    const empty = { x: dot.x > now.view.width / 2 ? dot.x - 100 : dot.x + 100, y: 12 }
    await clickAt(page, now, empty)
    await addressSays(page, 'at', null)
  })

  journey('an event is selected in the list, and lit in the drawing', async ({ page, stage, see }) => {
    const { crashed } = stage.runs
    await see(crashed)
    const list = await opened(page, 'List')
    expect(await listed(page)).toEqual({ shown: crashed.data.length, all: crashed.data.length })
    await page.getByRole('searchbox').fill('crashes')
    await eventually(async () => (await listed(page)).shown).toBe(1)
    await list.getByRole('option').click()
    const crash = eventWhere(crashed, (i) => crashed.data.kind(i) === 'crash')
    await addressSays(page, 'at', crash)
    await says(list.getByRole('option', { selected: true }), `${crash}`, 'p03', 'crashes')
    await says(status(page), 'p03 crashes')
  })

  journey('a message is followed with the keyboard', async ({ page, stage, see }) => {
    const { data } = stage.runs.real
    const m = messageWhere(stage.runs.real, (i) => data.messages.deliverAt[i] !== -1)
    const [sent, received] = [data.messages.sendAt[m]!, data.messages.deliverAt[m]!]
    await see(stage.runs.real, { at: sent })
    const to = data.processes[data.messages.to[m]!]!
    await says(status(page), `sends ${data.types[data.messages.typeIndex[m]!]} to ${to}`)
    await diagram(page).focus()
    await page.keyboard.press('Enter')
    await selects(page, received)
    await says(status(page), `${to} receives`)
    await page.keyboard.press('Enter')
    await selects(page, sent)
  })

  journey('the next and the previous event of the process', async ({ page, stage, see }) => {
    const { data } = stage.runs.real
    const own = data.ofProcess(4)
    const middle = Math.floor(own.length / 2)
    await see(stage.runs.real, { at: own[middle]! })
    await diagram(page).focus()
    await page.keyboard.press('ArrowRight')
    await selects(page, own[middle + 1]!)
    await says(status(page), data.processes[4]!)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await selects(page, own[middle - 1]!)
    await page.keyboard.press('ArrowDown')
    await says(status(page), data.processes[5]!)
  })

  journey('what could have caused the selection, and what it could have caused', async (visit) => {
    const { page, stage, see } = visit
    const { crashed } = stage.runs
    const position = eventWhere(crashed, (i) => i > 300 && crashed.data.kind(i) === 'deliver')
    const { past, future } = coneOf(crashed.data, position)
    await see(crashed, { at: position })
    const [before, after] = [past, future].map((those) => those.reduce((sum, one) => sum + one, 0))
    const concurrent = crashed.data.length - 1 - before! - after!
    const facts = panel(page, 'Event')
    await says(facts, `Past ${before} events`, `Future ${after} events`, `Concurrent ${concurrent} events`)
    const sent = crashed.data.messages.sendAt[crashed.data.messageOfDeliver(position)]!
    await says(facts, 'Caused by', `${sent} ${processOf(crashed, sent)} sends money`)

    const now = await drawn(page, crashed)
    const discs = dots(now).filter(({ form, event }) => form === 'disc' && event !== position)
    const { past: brown, future: blue, dim } = NAMED_COLOURS.light
    const groups = [
      [brown, discs.filter(({ event }) => past[event] === 1)],
      [blue, discs.filter(({ event }) => future[event] === 1)],
      [dim, discs.filter(({ event }) => past[event] === 0 && future[event] === 0)],
    ] as const
    for (const [colour, group] of groups) {
      expect(group.length, `events of the colour ${colour}`).toBeGreaterThan(5)
      const seen = (await coloursAt(page, group)).filter((each) => each === colour)
      expect(seen.length, `events that are ${colour}`).toBeGreaterThan(group.length / 2)
    }
    await facts
      .getByRole('button', { name: new RegExp(`^${sent} `) })
      .first()
      .click()
    await selects(page, sent)
  })
}
