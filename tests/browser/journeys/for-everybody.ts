/** Without a mouse, with a small screen, with large text, with a screen reader. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { expect } from 'vitest'
import { messageWhere } from '../runs.ts'
import {
  addressSays,
  button,
  diagram,
  eventually,
  inPage,
  listed,
  opened,
  overflowsSideways,
  panel,
  parameter,
  says,
  status,
  tab,
} from '../screen.ts'
import type { Journey } from '../stage.ts'

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe-core finds wrong, as lines: rule, element, why. */
export async function violations(page: Page): Promise<string[]> {
  await inPage(page, `${axe}; 0`)
  const found = await inPage<Violation[]>(page, 'axe.run(document).then(({ violations }) => violations)')
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

const ABOVE = ['Results', 'Messages', 'Notes', 'Motifs', 'Traces', 'Compare', 'Verdict']
const BELOW = ['State', 'Network', 'List', 'Event']
const TABS = [...ABOVE, ...BELOW]

/** From the least the page is laid out for to a wall; the last has four points for each of its pixels. */
const SCREENS = [
  { width: 1280, height: 720, dots: 1 },
  { width: 1920, height: 1080, dots: 1 },
  { width: 3840, height: 2160, dots: 1 },
  { width: 1920, height: 1080, dots: 2 },
]

export function forEverybody(journey: Journey): void {
  for (const colorScheme of ['light', 'dark'] as const) {
    journey(
      `axe finds nothing: the list and the ledger, ${colorScheme}`,
      async ({ page, stage, go }) => {
        await go('/')
        expect(await violations(page)).toEqual([])
        await go(`/runs/${stage.runs.violated.id}`)
        expect(await violations(page)).toEqual([])
      },
      { colorScheme },
    )

    journey(
      `axe finds nothing: the viewer, ${colorScheme}`,
      async ({ page, stage, see }) => {
        const { violated } = stage.runs
        const trace = violated.data.operations[0]!.position
        await see(violated, { at: 260, types: 'money', trace })
        for (const [i, above] of ABOVE.entries()) {
          const below = BELOW[i % BELOW.length]!
          await opened(page, above)
          await opened(page, below)
          expect(await violations(page), `${above} and ${below}`).toEqual([])
        }
        await button(page, 'Runs').click()
        await page.getByRole('dialog', { name: 'Runs' }).getByRole('row').nth(3).waitFor()
        expect(await violations(page), 'the list of runs').toEqual([])
        await page.keyboard.press('Escape')
        await button(page, 'Keys and signs').click()
        expect(await violations(page), 'the keys').toEqual([])
      },
      { colorScheme },
    )
  }

  journey('everything with the keyboard', async ({ page, stage, go }) => {
    await go('/viewer/')
    await diagram(page).waitFor()
    await reach(page, 'Runs')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Runs' }).getByRole('row').nth(3).waitFor()
    await reach(page, stage.runs.crashed.id)
    await page.keyboard.press('Enter')
    await addressSays(page, 'run', stage.runs.crashed.id)
    await eventually(() => page.getByRole('dialog').count(), 'dialogs open').toBe(0)
    await says(page.getByRole('banner'), 'bank', `seed ${stage.runs.crashed.data.run.seed}`)

    await page.keyboard.press('/')
    await page.keyboard.type('sends money')
    await addressSays(page, 'text', 'sends money')
    await reach(page, 'processes, ')
    await page.keyboard.press('ArrowRight')
    await says(status(page), 'sends money to')
    const sent = Number(parameter(page, 'at'))
    const { data } = stage.runs.crashed
    const m = data.messageOfSend(sent)
    await page.keyboard.press('Enter')
    const end = Math.max(data.messages.deliverAt[m]!, data.messages.lostAt[m]!)
    await addressSays(page, 'at', end)
    await page.keyboard.press('a')
    await addressSays(page, 'axis', 'logical')
    await page.keyboard.press('+')
    await eventually(() => parameter(page, 'window')).not.toBe(null)
    await page.keyboard.press('f')
    await addressSays(page, 'window', null)

    await reach(page, 'Event')
    for (const _ of ['State', 'Network', 'List']) await page.keyboard.press('ArrowRight')
    await addressSays(page, 'here', 'events')
    await reach(page, 'Events: ')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await eventually(() => page.getByRole('option', { selected: true }).innerText()).toContain('sends money')
    await page.keyboard.press('Escape')
    await addressSays(page, 'at', null)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys and signs' }).waitFor()
    await page.keyboard.press('Escape')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
  })

  journey('every stop of the Tab key is seen', async ({ page, stage, see }) => {
    await see(stage.runs.violated)
    const stops = new Set<string>()
    for (let press = 0; press < 80; press++) {
      await page.keyboard.press('Tab')
      const stop = await focused(page)
      if (stop === null || (stop.what === 'Runs' && press > 0)) break
      stops.add(stop.what)
      expect(stop.outline, `${stop.what} has the focus, and nothing shows it`).toBeGreaterThan(0)
    }
    const inOrder = /^Runs.*money.*real.*fit.*processes, .*#tab-verdict.*#tab-event/s
    expect([...stops].join('\n')).toMatch(inOrder)
  })

  for (const { width, height, dots } of SCREENS) {
    journey(
      `${width}×${height}, ${dots} to a pixel: all of it is seen, and the drawing uses the room`,
      async ({ page, stage, see, go }) => {
        const { real } = stage.runs
        await see(real, { at: 1500, trace: real.data.operations[0]!.position })
        for (const name of TABS) {
          const pane = await opened(page, name)
          expect(await overflowsSideways(page), name).toBe(false)
          expect(await inPage(page, CLIPPED), name).toEqual([])
          const box = (await pane.boundingBox())!
          expect(box.x + box.width, name).toBeLessThanOrEqual(width)
          expect(box.y + box.height, name).toBeLessThanOrEqual(height)
        }
        await see(stage.runs.violated)
        const drawing = (await diagram(page).boundingBox())!
        expect([drawing.width, drawing.height].map((px) => px > 500)).toEqual([true, true])
        expect(drawing.width * drawing.height).toBeGreaterThan(0.5 * width * height)
        const { top, bottom } = await inked(page)
        expect(bottom - top, 'six lines fill the drawing').toBeGreaterThan(0.75 * drawing.height * dots)
        expect(await letterPx(page, '.status')).toBeGreaterThanOrEqual(height > 2_000 ? 16 : 12)
        for (const path of ['/', `/runs/${stage.runs.real.id}`]) {
          await go(path)
          expect(await overflowsSideways(page), path).toBe(false)
          expect(await letterPx(page, 'td')).toBeGreaterThanOrEqual(height > 2_000 ? 16 : 12)
        }
        await go('/')
        expect(await inPage(page, BROKEN_WORDS)).toEqual([])
      },
      { viewport: { width, height }, deviceScaleFactor: dots },
    )
  }

  journey('the cheat sheet is seen whole at 1280×720', async ({ page, stage, see }) => {
    await see(stage.runs.violated)
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keys and signs' })
    await sheet.waitFor()
    const hidden = `(() => {
      const { scrollHeight, clientHeight } = document.querySelector('dialog.help')
      return scrollHeight - clientHeight
    })()`
    expect(await inPage(page, hidden)).toBeLessThanOrEqual(0)
    await says(sheet, 'next event of the process', 'a message that was lost', 'Compare', 'Motifs', 'dropped')
  })

  journey('without colours the message types are still told apart', async ({ page, stage, see }) => {
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' })
    await see(stage.runs.violated)
    const types = await page.locator('.type svg').all()
    expect(types.length).toBeGreaterThan(1)
    const strokes: number[] = []
    for (const type of types) {
      const picture = PNG.sync.read(await type.screenshot())
      expect(hasColour(picture), 'the colours are gone').toBe(false)
      strokes.push(strokesAcross(picture))
    }
    expect(new Set(strokes).size, `strokes of each type: ${strokes}`).toBe(types.length)
  })

  journey('with reduced motion nothing moves by itself', async ({ page, stage, see }) => {
    await see(stage.runs.crashed, { cut: 100, here: 'network' })
    await button(page, 'play').click()
    await eventually(() => Number(parameter(page, 'cut'))).toBeGreaterThanOrEqual(102)
    expect(await inPage(page, 'document.getAnimations().length')).toBe(0)
    const moving = `[...document.querySelectorAll('*')].filter((it) => {
      const { transitionDuration, animationName } = getComputedStyle(it)
      return animationName !== 'none' || !/^0s(, 0s)*$/.test(transitionDuration)
    }).length`
    expect(await inPage(page, moving)).toBe(0)
    await button(page, 'pause').click()
  })

  journey('text at 200 % loses nothing', async ({ page, stage, see, go }) => {
    const { crashed } = stage.runs
    const session = await page.context().newCDPSession(page)
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } })
    const m = messageWhere(crashed, (i) => crashed.data.messages.lostAt[i] !== -1)
    const at = crashed.data.messages.sendAt[m]!
    await see(crashed, { at, trace: at })
    expect(await inPage(page, "getComputedStyle(document.querySelector('h1')).fontSize")).toBe('32px')
    for (const name of TABS) {
      await opened(page, name)
      expect(await overflowsSideways(page), name).toBe(false)
      expect(await inPage(page, CLIPPED), name).toEqual([])
    }
    await opened(page, 'List')
    expect((await listed(page)).shown).toBe(crashed.data.length)
    await button(page, 'Runs').click()
    await page.getByRole('dialog', { name: 'Runs' }).getByRole('row').nth(3).waitFor()
    expect(await overflowsSideways(page), 'the list of runs').toBe(false)
    await page.keyboard.press('Escape')
    await tab(page, 'Verdict').click()
    await says(panel(page, 'Verdict'), 'PAID OUT')
    for (const path of ['/', `/runs/${crashed.id}`]) {
      await go(path)
      expect(await overflowsSideways(page), path).toBe(false)
      expect(await inPage(page, CLIPPED), path).toEqual([])
    }
  })
}

/** The first and the last row of pixels of the drawing on which there is anything. */
async function inked(page: Page): Promise<{ top: number; bottom: number }> {
  const { width, height, data } = PNG.sync.read(await diagram(page).screenshot())
  const isBlank = (y: number) => {
    for (let x = 1; x < width; x++)
      if (!data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3).equals(data.subarray(0, 3)))
        return false
    return true
  }
  const rows = Array.from({ length: height }, (_, y) => y).filter((y) => !isBlank(y))
  return { top: rows[0] ?? 0, bottom: rows.at(-1) ?? 0 }
}

/** How large the page writes what is read most, in CSS pixels. */
const letterPx = (page: Page, selector: string): Promise<number> =>
  inPage(page, `Number.parseFloat(getComputedStyle(document.querySelector('${selector}')).fontSize)`)

/** Cells of one word that stand on more than one line. */
const BROKEN_WORDS = `[...document.querySelectorAll('td')].flatMap((it) => {
  const range = document.createRange()
  range.selectNodeContents(it)
  const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom))).size
  return /^\\w+$/.test(it.innerText.trim()) && lines > 1 ? [it.innerText] : []
})`

const hasColour = ({ data }: PNG): boolean =>
  data.some((value, i) => i % 4 < 2 && Math.abs(value - data[i + 1]!) > 2)

/** How many pieces a line is in, along the middle of its picture. */
function strokesAcross({ width, height, data }: PNG): number {
  const at = (x: number) => data[4 * (Math.floor(height / 2) * width + x)]!
  let pieces = 0
  for (let x = 0; x < width; x++) {
    const isInk = Math.abs(at(x) - GROUND) > FAINT
    if (isInk && (x === 0 || Math.abs(at(x - 1) - GROUND) <= FAINT)) pieces++
  }
  return pieces
}

const GROUND = 255
const FAINT = 60

/** Presses Tab until an element whose name begins so has the focus; in vain it throws. */
async function reach(page: Page, name: string): Promise<void> {
  const seen: string[] = []
  for (let press = 0; press < 80; press++) {
    const stop = await focused(page)
    if (stop?.what.includes(name)) return
    if (stop !== null) seen.push(stop.what)
    await page.keyboard.press('Tab')
  }
  throw new Error(`the Tab key does not lead to "${name}", but to ${[...new Set(seen)].join(' | ')}`)
}

interface Stop {
  readonly what: string
  readonly outline: number // px
}

/** What has the focus, and how wide the line around it is; null for the page as a whole. */
const focused = (page: Page): Promise<Stop | null> =>
  inPage(
    page,
    `(() => {
      const it = document.activeElement
      if (it === null || it === document.body) return null
      const style = getComputedStyle(it)
      const name = it.getAttribute('aria-label') ?? it.placeholder ?? it.innerText ?? ''
      const href = it.getAttribute('href') ?? ''
      return {
        what: (it.id === '' ? '' : '#' + it.id + ' ') + name + href,
        outline: style.outlineStyle === 'none' ? 0 : Number.parseFloat(style.outlineWidth),
      }
    })()`,
  )

/** Texts that are cut off where they cannot be scrolled to, and that no title says in full. */
const CLIPPED = `[...document.querySelectorAll('body *')].flatMap((it) => {
  const style = getComputedStyle(it)
  const apart = '.off-screen, .off-screen *, .unseen, canvas, dialog:not([open]) *'
  if (it.matches(apart) || !it.checkVisibility()) return []
  if (![style.overflowX, style.overflowY].some((how) => how === 'hidden' || how === 'clip')) return []
  const hides = it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1
  const said = it.title !== '' || it.closest('[title]:not([title=""])') !== null
  return hides && it.innerText.trim() !== '' && !said ? [it.className + ': ' + it.innerText] : []
})`
