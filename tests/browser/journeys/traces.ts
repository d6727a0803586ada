/** Operations as a list and as a waterfall, on the one cursor. */
import { expect } from 'vitest'
import { traceId } from '../../../src/trace-format/span-ids.ts'
import { duration } from '../../../web/app/format.ts'
import { operationFigures, operationNs } from '../../../web/model/operation-figures.ts'
import { eventOfRow, traceAt } from '../../../web/model/traces.ts'
import { JAEGER, processOf } from '../runs.ts'
import { addressSays, button, eventually, opened, says, selects } from '../screen.ts'
import type { Journey } from '../stage.ts'

export function traces(journey: Journey): void {
  journey('the longest operation is drawn, read row by row, and linked', async (visit) => {
    const { page, stage, see, another } = visit
    const { real } = stage.runs
    const { data } = real
    const [longest] = [...data.operations.keys()].sort((a, b) => operationNs(data, b) - operationNs(data, a))
    const { position, type } = data.operations[longest!]!
    await see(real)
    const pane = await opened(page, 'Traces')
    const list = pane.getByRole('listbox')
    const all = data.operations.length
    expect(await list.getAttribute('aria-label')).toBe(`Operations: ${all} of ${all}`)
    await page.getByLabel('Order of the operations').selectOption('longest')
    const first = list.getByRole('option').first()
    const figures = operationFigures(data, null)
    await says(first, type, processOf(real, position), duration(operationNs(data, longest!)))
    await says(first, `${figures.messages[longest!]} messages`, `${figures.processes[longest!]} processes`)
    await first.click()
    await addressSays(page, 'trace', position)
    await selects(page, position)

    const section = page.getByRole('region', { name: 'The trace' })
    const trace = traceAt(data, position)
    await says(section, `${processOf(real, position)} is asked to ${type}`)
    const id = traceId(data.run.tag, data.process(position), data.seq(position))
    const link = section.getByRole('link', { name: 'in Jaeger' })
    expect(await link.getAttribute('href')).toBe(`${JAEGER}/trace/${id}`)
    const rows = section.getByRole('listbox', { name: `Rows of the trace: ${trace.length}` })
    const before = await section.screenshot()
    await rows.focus()
    await page.keyboard.press('ArrowDown')
    await selects(page, eventOfRow(data, trace, 1))
    await eventually(async () => before.equals(await section.screenshot())).toBe(false)
    await page.keyboard.press('End')
    await selects(page, eventOfRow(data, trace, trace.length - 1))
    expect(await rows.getByRole('option', { selected: true }).isVisible()).toBe(true)

    const other = await another()
    await other.go(new URL(page.url()).pathname + new URL(page.url()).search)
    const again = other.page.getByRole('region', { name: 'The trace' })
    await again.getByRole('option', { selected: true }).waitFor()
    await button(page, 'close').click()
    await addressSays(page, 'trace', null)
    await eventually(() => section.count()).toBe(0)
  })

  journey('a timer leads from trace to trace, and the selection to its own', async (visit) => {
    const { page, stage, see } = visit
    const { crashed } = stage.runs
    const { data } = crashed
    const timeout = Array.from({ length: data.length }, (_, i) => i).find((i) => data.armedBy(i) !== -1)!
    await see(crashed, { at: timeout })
    const pane = await opened(page, 'Traces')
    await button(page, 'trace of the selection').click()
    await says(page.getByRole('region', { name: 'The trace' }), 'goes off')
    const links = pane.getByRole('region', { name: 'Links to other traces' })
    await says(links, 'begun by a timer')
    await links.getByRole('button').first().click()
    await selects(page, data.armedBy(timeout))
    await links.getByRole('button').first().waitFor()
    await says(links, 'a timer of it')
  })

  journey('the text filters the operations', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    const all = violated.data.operations.length
    await see(violated, { trace: violated.data.operations[0]!.position })
    const list = (await opened(page, 'Traces')).getByRole('listbox')
    await page.getByRole('searchbox').fill('sends marker')
    await eventually(() => list.getAttribute('aria-label')).toBe(`Operations: ${all} of ${all}`)
    await page.getByRole('searchbox').fill('no such word')
    await eventually(() => list.getAttribute('aria-label')).toBe(`Operations: 0 of ${all}`)
    await says(list, 'No operation has an event that the text finds.')
    const section = page.getByRole('region', { name: 'The trace' })
    await section.waitFor()
    expect(await section.getByRole('link').count(), 'no collector has spans of it').toBe(0)
  })
}
