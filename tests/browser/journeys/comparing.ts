/** Two runs side by side. */
import { expect } from 'vitest'
import { compare } from '../../../web/model/compare.ts'
import { addressSays, button, opened, panel, says, selects } from '../screen.ts'
import type { Journey } from '../stage.ts'

export function comparing(journey: Journey): void {
  journey('another run is put beside this one, and where they part can be gone to', async (visit) => {
    const { page, stage, see } = visit
    const { violated, crashed } = stage.runs
    await see(violated)
    const pane = await opened(page, 'Compare')
    await pane.getByRole('combobox').selectOption(crashed.id)
    await addressSays(page, 'with', crashed.id)
    await says(pane, 'They part here first', 'violated')
    await says(page.getByRole('region', { name: 'The other run' }), 'the other: bank', 'seed 5')
    const { first } = compare(violated.data, crashed.data)
    const row = pane.getByRole('listitem').filter({ hasText: first[0]!.name }).getByRole('button')
    await row.first().click()
    await selects(page, first[0]!.one)
    await page.reload()
    await says(panel(page, 'Compare'), 'They part here first')
    await button(page, 'close').click()
    await addressSays(page, 'with', null)
    expect(await page.getByRole('region', { name: 'The other run' }).count()).toBe(0)
  })

  journey('a run beside itself is the same at every process', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    await see(violated, { with: violated.id, about: 'compare' })
    await says(panel(page, 'Compare'), 'What happened is the same at every process.')
  })
}
