/** A run too long to be here wholly: its outline is, and what events say comes when somebody looks. */
import { expect } from 'vitest'
import { plain } from '../../../web/app/format.ts'
import { eventWhere, processOf } from '../runs.ts'
import { addressSays, diagram, eventually, inPage, listed, opened, panel, says, status } from '../screen.ts'
import type { Journey } from '../stage.ts'

export function big(journey: Journey): void {
  journey('200 processes and 300,000 events: all of them are there', async ({ page, stage, see }) => {
    const { data } = stage.runs.big
    await see(stage.runs.big)
    await eventually(() => diagram(page).getAttribute('aria-label')).toContain(
      `200 processes, ${data.length} events.`,
    )
    const list = await opened(page, 'List')
    expect(await listed(page)).toEqual({ shown: data.length, all: data.length })
    const box = list.getByRole('listbox')
    await box.focus()
    await page.keyboard.press('End')
    await addressSays(page, 'at', data.length - 1)
    const last = list.getByRole('option', { selected: true })
    await says(last, processOf(stage.runs.big, data.length - 1))
    await page.keyboard.press('ArrowUp')
    await addressSays(page, 'at', data.length - 2)
    expect(await last.isVisible(), 'the row is scrolled to, though no browser shows so high a list').toBe(
      true,
    )
    await page.keyboard.press('Home')
    await addressSays(page, 'at', 0)
    await says(last, `${processOf(stage.runs.big, 0)} starts`)
  })

  journey('what an event says and the states at it are fetched', async ({ page, stage, see }) => {
    const { big } = stage.runs
    const { data } = big
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    const at = eventWhere(big, (i) => i > data.length / 2 && data.kind(i) === 'deliver')
    await see(big, { at })
    const { amount } = data.event(at).message!.content as { amount: number }
    await says(panel(page, 'Event'), `Says type money amount ${amount}`)
    const states = await opened(page, 'State')
    const process = data.process(at)
    const row = states
      .getByRole('row')
      .filter({ hasText: processOf(big, at) })
      .first()
    for (const value of Object.values(data.stateAt(process, at).state!)) await says(row, plain(value))
    expect(fetched.some((path) => path.endsWith('/outline.bin'))).toBe(true)
    expect(
      fetched.some((path) => path.endsWith('/events.bin')),
      'the whole is never fetched',
    ).toBe(false)
    const blocks = new Set(fetched.filter((path) => path.includes('/blocks/')))
    expect(blocks.size).toBeLessThan(data.length / 4096 / 2)
  })

  journey('a text is looked for by the server; list and status agree', async ({ page, stage, see }) => {
    const { data } = stage.runs.big
    await see(stage.runs.big)
    await opened(page, 'List')
    const { amount } = data.message(0).content as { amount: number }
    await page.getByPlaceholder('filter by text').fill(`amount: ${amount}`)
    let found = 0
    for (let i = 0; i < data.length; i++) {
      const message = data.messageOf(i)
      const text = data.payloadText(message === -1 ? i : data.messages.sendAt[message]!)
      if (text.replaceAll('"', '').includes(`amount:${amount}`)) found++
    }
    expect(found).toBeGreaterThan(0)
    await eventually(() => listed(page)).toEqual({ shown: found, all: data.length })
  })

  journey('wheel and keys move over time and processes', async ({ page, stage, see }) => {
    await see(stage.runs.big)
    const box = (await diagram(page).boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    const before = await diagram(page).screenshot()
    await page.mouse.wheel(0, 900)
    await eventually(async () => before.equals(await diagram(page).screenshot())).toBe(false)
    await inPage(page, 'new Promise((done) => requestAnimationFrame(done))')
    for (let k = 0; k < 12; k++) await page.keyboard.press('+')
    await eventually(() => new URL(page.url()).searchParams.get('window')).not.toBeNull()
    await page.keyboard.press('ArrowRight')
    await says(status(page), 'p')
    await eventually(() => new URL(page.url()).searchParams.get('at')).not.toBeNull()
  })
}
