/** Patterns of messages: found, walked through, drawn, and operations by their shape. */
import { expect } from 'vitest'
import { plural } from '../../../web/app/format.ts'
import { broadcasts } from '../../../web/model/motifs.ts'
import { findPattern, type Pattern, REQUEST_RESPONSE } from '../../../web/model/patterns.ts'
import { clusters } from '../../../web/model/shapes-of-operations.ts'
import { addressSays, button, diagram, eventually, opened, says } from '../screen.ts'
import type { Journey } from '../stage.ts'

export function motifs(journey: Journey): void {
  journey('broadcasts are found and walked through in the drawing', async ({ page, stage, see, another }) => {
    const { violated } = stage.runs
    const found = broadcasts(violated.data).places
    await see(violated)
    const pane = await opened(page, 'Motifs')
    const before = await diagram(page).screenshot()
    await button(page, 'broadcast').click()
    await says(pane, `${found.length} places`)
    await button(page, 'first').click()
    await says(pane, `1 of ${found.length}`)
    const messages = pane.getByRole('list', { name: 'Events of this place' })
    expect(await messages.getByRole('listitem').count()).toBe(found[0]!.messages.length)
    await addressSays(page, 'message', violated.data.messages.sendAt[found[0]!.messages[0]!]!)
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
    await says(pane, `${findPattern(violated.data, REQUEST_RESPONSE).places.length} places`)
    await page.getByLabel('type of message 2').selectOption('marker')
    const answers = [REQUEST_RESPONSE[0]!, { ...REQUEST_RESPONSE[1]!, type: 'marker' }]
    await says(pane, `${findPattern(violated.data, answers).places.length} places`)
    await page.getByLabel('receiver of message 1').selectOption('a')
    await says(pane, 'A message goes from one process to another.')
    await button(page, 'Take message 2 out').click()
    await button(page, 'clear').click()
    await addressSays(page, 'motif', null)
  })

  journey('an event of a process is clicked into a pattern, and found', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    await see(violated)
    const pane = await opened(page, 'Motifs')
    const box = (await pane.getByRole('img', { name: 'Pattern: nothing yet' }).boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 8)
    await addressSays(page, 'motif', 'a!request')
    await button(page, 'add a message').click()
    await page.getByLabel('type of message 2').selectOption('marker')
    await button(page, 'add an event').click()
    await page.getByLabel('kind of event 3').selectOption('indicate')
    await addressSays(page, 'motif', 'a!request,a>b.marker,b!indicate')
    const pattern: Pattern = [
      { at: 'a', kind: 'request', type: null },
      { from: 'a', to: 'b', type: 'marker' },
      { at: 'b', kind: 'indicate', type: null },
    ]
    const { places } = findPattern(violated.data, pattern)
    expect(places.length).toBeGreaterThan(0)
    await says(pane, plural(places.length, 'place'))
    await button(page, 'first').click()
    await addressSays(page, 'at', places[0]!.locals[0]!)
    const events = pane.getByRole('list', { name: 'Events of this place' })
    expect(await events.getByRole('listitem').count()).toBe(3)
    await says(events, 'is asked to', 'sends marker', 'indicates')
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
