/**
 * One picture a pane, of a run that is the same each time. Pictures find what words do not: a drawing
 * that is empty, shifted or of the wrong colour. UPDATE=1 takes them anew; look at them before they
 * are kept.
 */
import { expect } from 'vitest'
import { differs, expectPicture } from '../picture.ts'
import { diagram, panel, says, status } from '../screen.ts'
import type { Journey } from '../stage.ts'

/** A cut through the middle of the snapshot. Nothing is selected, so nothing is dimmed. */
const CUT = 280

export function pictures(journey: Journey): void {
  journey('space-time', async ({ page, stage, see }) => {
    await see(stage.runs.violated, { cut: CUT })
    await says(status(page), `event ${CUT}`)
    await expectPicture(diagram(page), 'space-time')
  })

  journey('network', async ({ page, stage, see }) => {
    await see(stage.runs.violated, { cut: CUT, here: 'network' })
    await expectPicture(panel(page, 'Network'), 'network')
  })

  journey('state', async ({ page, stage, see }) => {
    await see(stage.runs.violated, { cut: CUT, here: 'state' })
    await says(panel(page, 'State'), 'changed')
    await expectPicture(panel(page, 'State'), 'state')
  })

  journey('verdict', async ({ page, stage, see }) => {
    await see(stage.runs.violated)
    await expectPicture(panel(page, 'Verdict'), 'verdict')
  })

  journey('traces', async ({ page, stage, see }) => {
    const { violated } = stage.runs
    const trace = violated.data.operations.findLast(({ type }) => type !== 'transfer')!.position
    await see(violated, { cut: CUT, about: 'traces', trace })
    await expectPicture(page.getByRole('region', { name: 'The trace' }), 'traces')
  })

  journey('ledger', async ({ page, stage, go }) => {
    await go(`/runs/${stage.runs.violated.id}`)
    await expectPicture(page.getByRole('main'), 'ledger', { width: 1280, height: 600 })
  })

  journey('another cut is another picture, and so is a drawing without a type', async (visit) => {
    const { page, stage, see } = visit
    await see(stage.runs.violated, { cut: CUT + 15, here: 'network' })
    await says(status(page), `event ${CUT + 15}`)
    expect(await differs(diagram(page), 'space-time')).toBe(true)
    expect(await differs(panel(page, 'Network'), 'network')).toBe(true)
    await see(stage.runs.violated, { cut: CUT, types: 'money' })
    await says(status(page), `event ${CUT}`)
    expect(await differs(diagram(page), 'space-time')).toBe(true)
  })
}
