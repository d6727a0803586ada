/** A run taken out of the page, for other programs and for paper. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { expect } from 'vitest'
import { embeddedRun } from '../../../src/cli/one-page.ts'
import { onePage } from '../../../src/trace-format/one-page.ts'
import { GROUND, NAMED_COLOURS } from '../../../web/draw/palette.ts'
import { emptyFolder } from '../../end-to-end/testing.ts'
import { button, diagram, listed, opened, panel, says, status } from '../screen.ts'
import type { Journey, Visit } from '../stage.ts'

/** What the export menu saves under a name, and the name of the file. */
async function saved({ page }: Visit, says: string): Promise<{ name: string; text: string; bytes: Buffer }> {
  await page.locator('summary').getByText('export', { exact: true }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, says).click()])
  await page.keyboard.press('Escape')
  await page.locator('summary').getByText('export', { exact: true }).click()
  const bytes = readFileSync(await download.path())
  return { name: download.suggestedFilename(), text: bytes.toString('utf8'), bytes }
}

export function exports(journey: Journey): void {
  journey('the drawing as SVG, the run for ShiViz and for Perfetto', async (visit) => {
    const { stage, see } = visit
    const { real } = stage.runs
    await see(real)
    const drawing = await saved(visit, 'the drawing, SVG')
    expect(drawing.name).toBe(`${real.id}.svg`)
    for (const process of real.data.processes) expect(drawing.text).toContain(`>${process}</text>`)
    const network = await saved(visit, 'the network, SVG')
    expect(network.text.split('<circle').length - 1).toBeGreaterThanOrEqual(real.data.processes.length)
    const log = await saved(visit, 'ShiViz log')
    expect([...log.text.matchAll(/(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g)].length).toBe(real.data.length)
    const trace = JSON.parse((await saved(visit, 'Chrome / Perfetto JSON')).text)
    expect(trace.traceEvents.length).toBeGreaterThan(real.data.messages.length)
  })

  journey('the panes as PNG: the whole picture, twice as fine, on a ground of its own', async (visit) => {
    const { page, stage, see } = visit
    const { real } = stage.runs
    await see(real)
    const { width, height } = (await diagram(page).boundingBox())!
    const drawing = await saved(visit, 'the drawing, PNG')
    expect(drawing.name).toBe(`${real.id}.png`)
    const network = await saved(visit, 'the network, PNG')
    for (const [{ bytes }, size] of [
      [drawing, [2 * width, 2 * height]],
      [network, [1800, 1280]],
    ] as const) {
      const picture = PNG.sync.read(bytes)
      expect([picture.width, picture.height]).toEqual(size.map(Math.round))
      const colours = new Set<number>()
      let clear = 0
      for (let at = 0; at < picture.data.length; at += 4) {
        if (picture.data[at + 3] !== 255) clear++
        colours.add(picture.data.readUIntBE(at, 3))
      }
      expect(clear, 'no pixel lets the paper through').toBe(0)
      for (const colour of [GROUND.light, NAMED_COLOURS.light.ink])
        expect(colours, colour).toContain(Number.parseInt(colour.slice(1), 16))
    }
  })

  journey('a page of its own, with runs in it, needs no server', async (visit) => {
    const { page, stage } = visit
    const { violated, crashed } = stage.runs
    const file = join(emptyFolder(), 'runs.html')
    const template = readFileSync(join(stage.viewerDir, 'one-page.html'), 'utf8')
    const embedded = [crashed, violated].map(({ id }) => embeddedRun(join(stage.runsDir, id)))
    writeFileSync(file, onePage(template, embedded))
    visit.pardon(/^request to file:/)
    await page.goto(`file://${file}`)
    await says(page.getByRole('banner'), 'bank', 'violated', `${crashed.data.length} events`)
    await says(status(page), ', consistent,')
    await button(page, 'Runs').click()
    await page.getByRole('link', { name: 'chandy-lamport' }).click()
    await says(page.getByRole('tabpanel', { name: 'Verdict' }), 'violated')
    await opened(page, 'Notes')
    await says(panel(page, 'Notes'), 'The idea in five sentences')
    await page.reload()
    await says(page.getByRole('banner'), 'chandy-lamport')
  })

  journey('a file of spans, dropped or chosen, opens without a server', async (visit) => {
    const { page, stage } = visit
    const { violated, crashed } = stage.runs
    const file = join(emptyFolder(), 'runs.html')
    const template = readFileSync(join(stage.viewerDir, 'one-page.html'), 'utf8')
    writeFileSync(file, onePage(template, [embeddedRun(join(stage.runsDir, crashed.id))]))
    visit.pardon(/^request to file:/)
    await page.goto(`file://${file}`)
    await page.getByRole('application').waitFor()
    const spans = (await saved(visit, 'OTLP, JSON lines')).text
    expect(spans.split('\n').length).toBeGreaterThan(2)
    await dropped(page, 'crashed.jsonl', spans)
    await says(page.getByRole('banner'), crashed.id, 'otlp')
    await opened(page, 'List')
    expect((await listed(page)).all).toBeGreaterThan(crashed.data.messages.length)
    await button(page, 'Runs').click()
    const answer = await fetch(`${stage.server.url}/api/runs/${violated.id}/spans.jsonl`)
    const chosen = join(emptyFolder(), 'violated.jsonl')
    writeFileSync(chosen, await answer.text())
    await page.getByLabel('Open a file of spans').setInputFiles(chosen)
    await says(page.getByRole('banner'), violated.id, `${violated.data.processes.length} processes`)
    await dropped(page, 'notes.txt', 'no spans')
    await says(page.getByRole('alert'), 'notes.txt cannot be opened: there are no spans in it')
  })
}

/** As if the file had been let go over the drawing. */
async function dropped(page: Page, name: string, text: string): Promise<void> {
  const script = `(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}))
    document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }))
  })()`
  await page.evaluate(script)
}
