/** Two runs side by side. */
import { expect } from 'vitest'
import { deed } from '../../../web/app/words.ts'
import { compare } from '../../../web/model/compare.ts'
import { differenceOf, keptOf } from '../../../web/model/kept.ts'
import { expectPicture } from '../picture.ts'
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

  journey('a counterexample beside its original, in which what is left is lit', async (visit) => {
    const { page, stage, see } = visit
    const { short, original } = stage.runs
    const beside = page.getByRole('region', { name: 'The other run' })
    await see(short)
    await says(panel(page, 'Verdict'), `Shortened from ${original.data.length} events`)
    await button(page, 'see the original beside it').click()
    await addressSays(page, 'with', original.id)
    await addressSays(page, 'axis', 'aligned')
    await says(beside, `the original: hasty-ring · simulator · seed 1 · ${original.data.length} events`)
    const { count, processes } = keptOf(short.data, original.data)!
    const gone = original.data.processes.filter((_, process) => !processes.includes(process))
    const pane = panel(page, 'Compare')
    await says(pane, `${count} of ${original.data.length} events are left`, 'this run the other difference')
    await says(pane, `Gone with all that they did: ${gone.join(', ')}.`)
    await page.mouse.move(0, 0)
    await expectPicture(page.locator('.space'), 'compare')
    const { leftOut } = differenceOf(short.data, original.data, keptOf(short.data, original.data)!)
    const first = leftOut.find((at) => processes.includes(original.data.process(at)))!
    await pane
      .getByRole('button', { name: deed(original.data, first) })
      .first()
      .click()
    await addressSays(page, 'run', original.id)
    await addressSays(page, 'with', short.id)
    await selects(page, first)
    await says(beside, `the short form: hasty-ring · simulator · seed 1 · ${short.data.length} events`)
    await (await opened(page, 'Verdict'))
      .getByRole('button', { name: 'see the short form beside it' })
      .waitFor()
    await button(page, 'close').click()
    await addressSays(page, 'axis', 'logical')
    expect(await beside.count()).toBe(0)
  })

  journey('a run beside itself is the same at every process', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    await see(violated, { with: violated.id, about: 'compare' })
    await says(panel(page, 'Compare'), 'What happened is the same at every process.')
  })
}
