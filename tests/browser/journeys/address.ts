/** The address is the view: a link shows a colleague exactly this. Light, dark, and either axis. */
import { expect } from 'vitest'
import { GROUND } from '../../../web/draw/palette.ts'
import { coloursAt, drawn, placeOf } from '../drawing.ts'
import { eventWhere } from '../runs.ts'
import {
  addressSays,
  button,
  diagram,
  eventually,
  inPage,
  opened,
  panel,
  parameter,
  says,
  selects,
  status,
} from '../screen.ts'
import type { Journey } from '../stage.ts'

export function address(journey: Journey): void {
  journey('the other axis keeps the selection', async ({ page, stage, see }) => {
    const { real } = stage.runs
    const position = eventWhere(real, (i) => i > 1500 && real.data.kind(i) === 'deliver')
    await see(real, { at: position })
    await says(status(page), 'receives')
    const before = await status(page).innerText()
    await button(page, 'Zoom in').click()
    await button(page, 'Zoom in').click()
    await button(page, 'logical').click()
    await addressSays(page, 'axis', 'logical')
    expect(await button(page, 'logical').getAttribute('aria-pressed')).toBe('true')
    await selects(page, position)
    expect(await status(page).innerText()).toBe(before)
    const now = await drawn(page, real)
    const { x } = placeOf(now, real, position)
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(now.view.width)
    await page.keyboard.press('a')
    await addressSays(page, 'axis', null)
    await selects(page, position)
  })

  journey('a link reopens exactly this event on this axis', async ({ page, stage, see, another }) => {
    const { violated } = stage.runs
    const position = eventWhere(violated, (i) => i > 250 && violated.data.kind(i) === 'send')
    await see(violated)
    await opened(page, 'List')
    await page.getByRole('searchbox').fill('sends')
    const rows = page.getByRole('option')
    await rows.filter({ hasText: 'sends' }).first().waitFor()
    await page.getByRole('searchbox').fill('')
    await button(page, 'logical').click()
    await button(page, 'Zoom in').click()
    await see(violated, { ...Object.fromEntries(new URL(page.url()).searchParams), at: position })
    await opened(page, 'Messages')
    await opened(page, 'State')
    const [link, said] = [page.url(), await status(page).innerText()]

    const { page: other } = await another()
    await other.goto(link)
    await diagram(other).waitFor()
    await eventually(() => status(other).innerText()).toBe(said)
    for (const name of ['run', 'at', 'axis', 'window', 'about', 'here']) {
      expect(parameter(other, name), name).toBe(parameter(page, name))
    }
    expect(parameter(other, 'at')).toBe(String(position))
    expect(await button(other, 'logical').getAttribute('aria-pressed')).toBe('true')
    await panel(other, 'State').waitFor()
    await panel(other, 'Messages').waitFor()
    const pictures = [page, other].map((each) => diagram(each).screenshot())
    const [one, two] = await Promise.all(pictures)
    expect(one!.equals(two!), 'the two drawings are the same to the pixel').toBe(true)
  })

  journey('a link to a run that is gone says so', async ({ page, go, pardon }) => {
    pardon(/404/)
    await go('/viewer/?run=gone')
    await says(page.getByRole('alert'), 'Run gone cannot be shown: there is no such run')
    await button(page, 'Runs').click()
    await page.getByRole('dialog', { name: 'Runs' }).getByRole('link', { name: 'bank' }).first().click()
    await diagram(page).waitFor()
    await eventually(() => page.getByRole('alert').count()).toBe(0)
  })

  journey('light turns into dark without loading again', async ({ page, stage, see }) => {
    await see(stage.runs.crashed, { at: 300 })
    const ground = () => inPage<string>(page, 'getComputedStyle(document.documentElement).backgroundColor')
    const corner = async () => {
      const now = await drawn(page, stage.runs.crashed)
      return (await coloursAt(page, [placeOf(now, stage.runs.crashed, 300)]))[0]
    }
    await eventually(ground).toBe(rgb(GROUND.light))
    const light = await corner()
    await page.emulateMedia({ colorScheme: 'dark' })
    await eventually(ground).toBe(rgb(GROUND.dark))
    await eventually(corner).not.toBe(light)
    await says(status(page), 'event 300')
  })
}

function rgb(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  return `rgb(${r}, ${g}, ${b})`
}
