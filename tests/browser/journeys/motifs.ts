/** Patterns of messages: found, walked through, drawn, and operations by their shape. */
import { expect } from 'vitest'
import { broadcasts, findPattern, REQUEST_RESPONSE } from '../../../web/model/motifs.ts'
import { clusters } from '../../../web/model/shapes-of-operations.ts'
import { addressSays, button, diagram, eventually, opened, says } from '../screen.ts'
import type { Journey } from '../stage.ts'

export function motifs(journey: Journey): void {
  journey('broadcasts are found and walked through in the drawing', async ({ page, stage, see, another }) => {
    const { violated } = stage.runs
    const found = broadcasts(violated.data)
    await see(violated)
    const pane = await opened(page, 'Motifs')
    const before = await diagram(page).screenshot()
    await button(page, 'broadcast').click()
    await says(pane, `${found.length} places`)
    await button(page, 'first').click()
    await says(pane, `1 of ${found.length}`)
    const messages = pane.getByRole('list', { name: 'Messages of this place' })
    expect(await messages.getByRole('listitem').count()).toBe(found[0]!.length)
    await addressSays(page, 'message', violated.data.messages.sendAt[found[0]![0]!]!)
    await eventually(async () => before.equals(await diagram(page).screenshot())).toBe(false)
    await button(page, 'next').click()
    await addressSays(page, 'place', 1)
    const other = await another()
    await other.go(new URL(page.url()).pathname + new URL(page.url()).search)
    await says(other.page.getByRole('tabpanel', { name: 'Motifs' }), `2 of ${found.length}`)
  })

  journey('a pattern is drawn by hand, and changed as a form', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    await see(violated)
    const pane = await opened(page, 'Motifs')
    const box = (await pane.getByRole('img', { name: 'Pattern: nothing yet' }).boundingBox())!
    const line = (row: number) => box.y + ((row + 0.5) * box.height) / 4
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      await page.mouse.move(box.x + box.width / 2, line(from))
      await page.mouse.down()
      await page.mouse.move(box.x + box.width / 2, line(to), { steps: 4 })
      await page.mouse.up()
    }
    await addressSays(page, 'motif', 'a>b,b>a')
    expect(await button(page, 'request–response').getAttribute('aria-pressed')).toBe('true')
    await says(pane, `${findPattern(violated.data, REQUEST_RESPONSE).length} places`)
    await page.getByLabel('type of message 2').selectOption('marker')
    const answers = [REQUEST_RESPONSE[0]!, { ...REQUEST_RESPONSE[1]!, type: 'marker' }]
    await says(pane, `${findPattern(violated.data, answers).length} places`)
    await page.getByLabel('receiver of message 1').selectOption('a')
    await says(pane, 'A message goes from one process to another.')
    await button(page, 'Take message 2 out').click()
    await button(page, 'clear').click()
    await addressSays(page, 'motif', null)
  })

  journey('operations by shape lead to the first of them', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    const [cluster] = clusters(violated.data)
    await see(violated)
    const pane = await opened(page, 'Motifs')
    await pane.getByRole('button', { name: cluster!.shape }).click()
    await addressSays(page, 'at', violated.data.operations[cluster!.operations[0]!]!.position)
  })
}
