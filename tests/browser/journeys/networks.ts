/** The states at the cursor as a table of one's own, and the network by what is in them. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { network } from '../../../web/draw/network.ts'
import { cutAt } from '../../../web/model/cut.ts'
import { messagesOn } from '../../../web/model/network.ts'
import { expectPicture } from '../picture.ts'
import { eventWhere, type Run } from '../runs.ts'
import { addressSays, button, panel, says } from '../screen.ts'
import type { Journey } from '../stage.ts'

const CUT = 280

/** The balance of a process in the state beneath the snapshot. */
function balanceOf({ data }: Run, process: number): number {
  const { state } = data.stateAt(process, cutAt(data, CUT)[process]!)
  return (state as { basic: { balance: number } }).basic.balance
}

/** Clicks on the middle of a link, as the drawing has it in a pane of its size. */
async function clickLink(page: Page, { data }: Run, link: readonly [number, number]): Promise<void> {
  const canvas = panel(page, 'Network').getByRole('img')
  const { x, y, width, height } = (await canvas.boundingBox())!
  const view = { width, height, layout: 'circle', cursorNs: data.timeNs(CUT), selected: null } as const
  const line = network(data, view).find(({ ref }) => ref?.link?.join() === link.join())
  if (line?.shape !== 'line') throw new Error(`the network has no link ${link}`)
  // Not in the very middle, where others cross.
  await page.mouse.click(x + line.x1 + (line.x2 - line.x1) * 0.3, y + line.y1 + (line.y2 - line.y1) * 0.3)
}

export function networks(journey: Journey): void {
  journey('fields are pinned, one process is followed, and a link shows it to a colleague', async (visit) => {
    const { page, stage, see } = visit
    const { violated } = stage.runs
    await see(violated, { cut: CUT, here: 'state' })
    const pane = panel(page, 'State')
    const headers = () => pane.getByRole('columnheader').allInnerTexts()
    expect((await headers()).length).toBeGreaterThan(3)
    await pane.getByText('all fields').first().click()
    await pane.getByRole('checkbox', { name: 'basic.balance' }).check()
    await addressSays(page, 'pins', 'basic.balance')
    await pane.getByText('1 pinned').click()
    expect((await headers()).slice(1)).toEqual(['balance'])
    const row = pane.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'p03' }) })
    await says(row, String(balanceOf(violated, 3)))
    await pane.getByRole('combobox', { name: 'Whose states' }).selectOption({ label: 'follow p03' })
    await addressSays(page, 'follow', 3)
    await page.reload()
    await says(pane, 'step of p03', '1 pinned')
    const first = pane.getByRole('row').nth(1)
    await says(first, String(balanceOf(violated, 3)))
    await first.getByRole('button').click()
    expect(violated.data.process(Number(new URL(page.url()).searchParams.get('at')))).toBe(3)
  })

  journey('the network is coloured by a field, and a link lists its messages', async (visit) => {
    const { page, stage, see } = visit
    const { violated } = stage.runs
    await see(violated, { cut: CUT, here: 'network' })
    const pane = panel(page, 'Network')
    await pane.getByRole('combobox', { name: 'Colour' }).selectOption('basic.balance')
    await addressSays(page, 'colour', 'basic.balance')
    await says(pane, /basic.balance: \d+ \d+/)
    await pane.getByRole('combobox', { name: 'Layout' }).selectOption('force')
    await expectPicture(pane, 'network-coloured')
    await pane.getByRole('combobox', { name: 'Colour' }).selectOption('')
    await pane.getByRole('combobox', { name: 'Layout' }).selectOption('circle')
    await pane.getByRole('checkbox', { name: 'traffic so far' }).check()
    await addressSays(page, 'traffic', 'so-far')
    await clickLink(page, violated, [0, 1])
    await addressSays(page, 'link', '0-1')
    const sent = messagesOn(violated.data, [0, 1], violated.data.timeNs(CUT))
    const listed = pane.getByRole('region', { name: 'Messages of a link' })
    await says(listed, `p00 – p01: ${sent.length} sent so far`)
    await listed.getByRole('listitem').first().getByRole('button').click()
    await addressSays(page, 'message', violated.data.messages.sendAt[sent[0]!]!)
    await button(page, 'close').click()
    await addressSays(page, 'link', null)
    const own = eventWhere(violated, (i) => violated.data.process(i) === 3)
    await see(violated, { at: own, here: 'network' })
    await pane.getByLabel('messages of p03 with').selectOption('p01')
    await addressSays(page, 'link', '1-3')
    await says(listed, 'p01 – p03')
  })
}
