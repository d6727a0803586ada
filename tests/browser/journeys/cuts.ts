/** The cursor: a cut, moved by hand, by keys and by a link, and the cuts that the algorithm recorded. */
import { expect } from 'vitest'
import { count, moment } from '../../../web/app/format.ts'
import { inTransit } from '../../../web/model/causality.ts'
import { cutRecorded } from '../../../web/model/cut.ts'
import { drag, drawn, handleOf, placeOf } from '../drawing.ts'
import { messageWhere, type Run } from '../runs.ts'
import { addressSays, diagram, eventually, parameter, says, selects, status } from '../screen.ts'
import type { Journey } from '../stage.ts'

/** A message that was received, with room on its sender's line before its sending. */
function received({ data }: Run, before: number): number {
  const { sendAt, deliverAt } = data.messages
  return messageWhere({ id: 'of the cut', data }, (m) => {
    const sent = sendAt[m]!
    return data.timeNs(sent) > 20e6 && deliverAt[m]! > sent && deliverAt[m]! < before
  })
}

export function cuts(journey: Journey): void {
  journey('a cut dragged until it is inconsistent says so, and names the message', async (visit) => {
    const { page, stage, see } = visit
    const { crashed } = stage.runs
    const { data } = crashed
    const position = Math.floor(data.length / 2)
    const m = received(crashed, position)
    const { id } = data.message(m)
    await see(crashed, { at: position })
    await says(status(page), ', consistent,')
    const now = await drawn(page, crashed)
    const sender = data.messages.from[m]!
    const sent = placeOf(now, crashed, data.messages.sendAt[m]!)
    const handle = handleOf(now, sender)
    await drag(page, now, handle, { x: sent.x - 3, y: sent.y })
    await says(status(page), 'inconsistent:', id, 'received before it, sent after it')
    expect(parameter(page, 'moved')).toMatch(new RegExp(`^${sender}:`))
    const moved = await drawn(page, crashed)
    await drag(page, moved, handleOf(moved, sender), handle)
    await says(status(page), ', consistent,')
  })

  journey('the whole cut is dragged by its line', async ({ page, stage, see }) => {
    const { crashed } = stage.runs
    const { data } = crashed
    await see(crashed, { at: Math.floor(data.length / 2) })
    const now = await drawn(page, crashed)
    const { x } = handleOf(now, 0)
    await drag(page, now, { x, y: 22 }, { x: x - 150, y: 22 })
    await eventually(() => Number(parameter(page, 'cut'))).toBeGreaterThan(0)
    const cut = Number(parameter(page, 'cut'))
    expect(cut).toBeLessThan(data.length / 2)
    await says(status(page), `(event ${cut})`, ', consistent,')
    expect(placeOf(now, crashed, cut).x).toBeLessThanOrEqual(x - 150)
  })

  journey('the cut is moved with keys, an event at a time', async ({ page, stage, see }) => {
    const { real } = stage.runs
    const middle = Math.floor(real.data.length / 2)
    await see(real, { cut: middle })
    await says(status(page), `(event ${middle})`)
    await diagram(page).focus()
    await page.keyboard.press(']')
    await says(status(page), `(event ${middle + 1})`)
    await page.keyboard.press('[')
    await page.keyboard.press('[')
    await says(status(page), `(event ${middle - 1})`)
    await page.keyboard.press('{')
    const far = middle - 1 - Math.round(real.data.length / 50)
    await says(status(page), `(event ${far})`)
  })

  journey('the cut is typed, and moved for one process alone', async ({ page, stage, see }) => {
    const { crashed } = stage.runs
    const { data } = crashed
    await see(crashed)
    const m = received(crashed, data.length)
    const { sendAt, deliverAt, from } = data.messages
    await diagram(page).focus()
    await page.keyboard.press('c')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(String(deliverAt[m]))
    await page.keyboard.press('Enter')
    await says(status(page), `(event ${deliverAt[m]})`, ', consistent,')
    await see(crashed, { at: sendAt[m]!, cut: deliverAt[m]! })
    await diagram(page).focus()
    const sender = data.ofProcess(from[m]!)
    const after = sender.filter((i) => i >= sendAt[m]! && i <= deliverAt[m]!).length
    for (let i = 0; i < after; i++) await page.keyboard.press('<')
    await says(status(page), 'inconsistent:', data.message(m).id)
    await page.keyboard.press('>')
    if (after === 1) await says(status(page), ', consistent,')
  })

  journey('the consistent cuts around an event, the earliest and the latest', async (visit) => {
    const { page, stage, see } = visit
    const { crashed } = stage.runs
    const { data } = crashed
    const event = data.messages.deliverAt[received(crashed, data.length / 2)]!
    await see(crashed, { at: event })
    await page.getByRole('button', { name: 'earliest' }).click()
    await says(status(page), `earliest consistent cut with ${event}`, ', consistent,')
    const early = await status(page).innerText()
    await diagram(page).focus()
    await page.keyboard.press('l')
    await says(status(page), `latest consistent cut that ends with ${event}`, ', consistent,')
    expect(await status(page).innerText()).not.toBe(early)
    await says(page.getByRole('tabpanel', { name: 'Event' }), 'Why')
  })

  journey('the cut that the snapshot recorded is drawn and named', async ({ page, stage, see }) => {
    const { real } = stage.runs
    expect(real.data.cuts.map(({ id }) => id)).toEqual(['s1'])
    await see(real)
    await eventually(() => diagram(page).getAttribute('aria-label')).toContain('Recorded cut s1: consistent.')
    const now = await drawn(page, real)
    const name = now.list.find(({ role, shape }) => role === 'recorded-cut' && shape === 'text')
    expect(name).toMatchObject({ text: 'recorded cut s1, consistent' })
    await page.mouse.click(now.left + (name as { x: number }).x, now.top + (name as { y: number }).y)
    await selects(page, name!.ref!.event!)
    await says(status(page), 'indicates recorded')
  })

  journey('the cut is put where the snapshot recorded, and told why it is consistent', async (visit) => {
    const { page, stage, see } = visit
    const { real } = stage.runs
    const before = cutRecorded(real.data, real.data.cuts[0]!)
    const transit = inTransit(real.data, before).length
    await see(real)
    const pane = page.getByRole('tabpanel', { name: 'Event' })
    await says(pane, 'at the end:', `all ${count(real.data.length)} events of the run have happened`)
    await says(pane, `cut s1: consistent, ${transit} in transit`)
    await pane.getByRole('button', { name: 'cut s1' }).click()
    await addressSays(page, 'cut', 'recorded-s1')
    await says(status(page), `cut recorded as s1 (event ${Math.max(...before)}), consistent, ${transit}`)
    await says(pane, 'whatever was received before it was also sent before it')
    await says(pane, new RegExp(`${transit} messages? (is|are) in transit: sent before the cut`))
  })

  journey('an inconsistent cut is told by its messages', async ({ page, stage, see }) => {
    const { crashed } = stage.runs
    const { data } = crashed
    const m = received(crashed, data.length / 2)
    const { sendAt, deliverAt, from, to } = data.messages
    await see(crashed, { cut: deliverAt[m]!, moved: `${from[m]}:${sendAt[m]! - 1}` })
    const wrong = (await diagram(page).boundingBox())!
    await see(crashed, { cut: deliverAt[m]! })
    expect(await diagram(page).boundingBox(), 'it does not jump when a cut turns wrong').toEqual(wrong)
    await page.goBack()
    const pane = page.getByRole('tabpanel', { name: 'Event' })
    await says(pane, 'inconsistent: what follows was received before it, but sent after it')
    const way = `${data.processes[from[m]!]} → ${data.processes[to[m]!]}`
    await says(pane, `${way} money sent at ${moment(data.timeNs(sendAt[m]!))}`)
  })

  journey('the messages in transit at the cut are listed', async ({ page, stage, see }) => {
    const { data } = stage.runs.crashed
    const m = messageWhere(stage.runs.crashed, (i) => data.messages.deliverAt[i] !== -1)
    const { sendAt, from, to } = data.messages
    await see(stage.runs.crashed, { cut: sendAt[m]! })
    const pane = page.getByRole('tabpanel', { name: 'Event' })
    await says(pane, 'In transit at the cut')
    const way = `${data.processes[from[m]!]} → ${data.processes[to[m]!]}`
    await pane
      .getByRole('button', { name: `${way} money` })
      .first()
      .click()
    await says(pane, `money ${way}`, 'Sent', 'On its way', 'amount')
  })
}
