/** Texts of a run are data: whatever they say is shown, and nothing of it is done. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { FLAG, HOSTILE } from '../hostile-run.ts'
import { button, diagram, inPage, opened, panel, says, status } from '../screen.ts'
import type { Journey } from '../stage.ts'

/** That a page is watched for dialogs and requests is the journey's part. */
async function isHarmless(page: Page): Promise<void> {
  expect(await inPage(page, `typeof window.${FLAG}`), 'a text was run').toBe('undefined')
  const strange = 'img[src*=pwned], svg[onload], [onerror], [onclick], a[href^="javascript:" i], main script'
  expect(await page.locator(strange).count(), 'a text became an element').toBe(0)
}

export function hostile(journey: Journey): void {
  journey('hostile texts in the viewer are text', async ({ page, stage, see }) => {
    const { algorithm, processes, type, promise, finding, note, command, recorded } = HOSTILE
    await see(stage.runs.hostile, { at: 4 })
    await says(page.getByRole('banner'), algorithm, HOSTILE.faults, HOSTILE.topology)
    expect(await page.title()).toContain(algorithm)
    await says(status(page), processes[0], `sends ${type} to ${processes[1]}`)
    await says(panel(page, 'Event'), processes[0], HOSTILE.field, HOSTILE.payload)
    await says(panel(page, 'Verdict'), promise, finding, note, command, HOSTILE.faults)
    await says(await opened(page, 'Results'), HOSTILE.title, HOSTILE.cell, HOSTILE.payload)
    await says(await opened(page, 'Messages'), type)
    await says(await opened(page, 'State'), HOSTILE.state)
    await says(await opened(page, 'List'), `receives ${type} from ${processes[0]}`)
    await opened(page, 'Network')
    expect(await diagram(page).getAttribute('aria-label')).toContain(`Recorded cut ${recorded}`)
    await says(page.getByRole('toolbar'), type)
    await page.getByText('all processes').click()
    for (const name of processes) await page.getByRole('checkbox', { name, exact: true }).waitFor()
    await button(page, 'Runs').click()
    await says(page.getByRole('dialog', { name: 'Runs' }), algorithm, HOSTILE.faults)
    await isHarmless(page)
  })

  journey(
    'hostile texts in traces and patterns are text, and no address of theirs is a link',
    async (visit) => {
      const { page, stage, see } = visit
      const { processes, type } = HOSTILE
      const { id, data } = stage.runs.hostile
      await see(
        { id },
        { trace: data.operations[0]!.position, motif: `a!request,a>b.${encodeURIComponent(type)}` },
      )
      await says(await opened(page, 'Traces'), type, processes[0])
      const section = page.getByRole('region', { name: 'The trace' })
      await says(section, `${processes[0]} is asked to ${type}`, `${processes[0]} → ${processes[1]}`, 'lost')
      expect(data.jaeger).toBeNull()
      expect(await section.getByRole('link').count()).toBe(0)
      await isHarmless(page)
      const motifs = await opened(page, 'Motifs')
      await says(motifs, '1 place')
      await button(page, 'first').click()
      await says(motifs.getByRole('list', { name: 'Events of this place' }), type, processes[0])
      await says(await opened(page, 'Messages'), 'Messages an operation took', type, processes[2])
      await isHarmless(page)
    },
  )

  journey('hostile notes are cleaned', async ({ page, stage, see }) => {
    await see(stage.runs.hostile, { about: 'notes' })
    const notes = panel(page, 'Notes')
    await says(notes, 'inviting', '<img src=/pwned.png', `</script><script>window.${FLAG}=2</script>`)
    expect(await notes.locator('img, script, style, form, button, input, svg').count()).toBe(0)
    const inviting = notes.getByText('inviting').first()
    await inviting.click()
    await says(notes, 'inviting')
    await isHarmless(page)
  })

  journey('hostile texts in the ledger are text', async ({ page, stage, go }) => {
    const { algorithm, processes, type, promise, finding, note, command } = HOSTILE
    await go('/')
    await says(page.getByRole('row').filter({ hasText: stage.runs.hostile.id }), algorithm, HOSTILE.faults)
    await isHarmless(page)
    await go(`/runs/${stage.runs.hostile.id}`)
    const main = page.getByRole('main')
    await says(main, algorithm, HOSTILE.topology, HOSTILE.faults, command, HOSTILE.title)
    await says(main, promise, finding, note, HOSTILE.cell, type, ...processes)
    await isHarmless(page)
  })
}
