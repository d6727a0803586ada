/** Pictures of parts of a page, compared with those that are kept beside the tests. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import type { Locator } from 'playwright-core'
import { PNG } from 'pngjs'
import { expect } from 'vitest'
import { inPage } from './screen.ts'

const FOLDER = join(import.meta.dirname, 'pictures')

/** How far two colours are apart before they differ, 0 to 1, as pixelmatch has it by default. */
const COLOUR_APART = 0.1

/** The share of pixels that may differ: the edges of letters do between releases of a browser. */
const SHARE_MOST = 0.002

interface Size {
  readonly width: number
  readonly height: number
}

/** What is on the screen once nothing waits to be painted; of a part that is larger, its upper left. */
async function taken(part: Locator, most: Size | null): Promise<PNG> {
  const page = part.page()
  await part.waitFor()
  await inPage(page, 'document.fonts.ready.then(() => 0)')
  await inPage(
    page,
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))',
  )
  const { x, y, width, height } = (await part.boundingBox())!
  const clip = {
    x,
    y,
    width: Math.min(width, most?.width ?? width),
    height: Math.min(height, most?.height ?? height),
  }
  return PNG.sync.read(await page.screenshot({ clip, animations: 'disabled', caret: 'hide' }))
}

interface Difference {
  readonly share: number // of the pixels, 1 for another size
  readonly picture: PNG | null
}

function difference(one: PNG, two: PNG): Difference {
  const { width, height } = one
  if (two.width !== width || two.height !== height) return { share: 1, picture: null }
  const picture = new PNG({ width, height })
  const options = { threshold: COLOUR_APART }
  const pixels = pixelmatch(one.data, two.data, picture.data, width, height, options)
  return { share: pixels / (width * height), picture }
}

const kept = (name: string) => join(FOLDER, `${name}.png`)

/** Fails unless a part of the page looks as it is kept; with UPDATE=1 keeps how it looks. */
export async function expectPicture(part: Locator, name: string, most: Size | null = null): Promise<void> {
  const now = await taken(part, most)
  if (process.env.UPDATE === '1') return writeFileSync(kept(name), PNG.sync.write(now))
  expect(existsSync(kept(name)), `${kept(name)} is missing; UPDATE=1 takes it`).toBe(true)
  const { share, picture } = difference(PNG.sync.read(readFileSync(kept(name))), now)
  if (share <= SHARE_MOST) return
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  writeFileSync(join(folder, `${name}.png`), PNG.sync.write(now))
  if (picture !== null) writeFileSync(join(folder, `${name}-difference.png`), PNG.sync.write(picture))
  const percent = (share * 100).toFixed(2)
  expect.fail(
    `${name} differs in ${percent} % of its pixels: see ${folder}; if it is right, UPDATE=1 keeps it`,
  )
}

export async function differs(part: Locator, name: string): Promise<boolean> {
  return difference(PNG.sync.read(readFileSync(kept(name))), await taken(part, null)).share > SHARE_MOST
}
