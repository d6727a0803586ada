/**
 * The browser of these tests: a real Chromium, of the machine. Without one there is nothing to test
 * with, and the tests are skipped, except where REQUIRE_CHROMIUM=1 says that there must be one.
 */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian's package puts it. */
const DEBIAN_PATH = '/usr/bin/chromium'

const path = process.env.CHROMIUM_PATH || DEBIAN_PATH
export const isRequired = process.env.REQUIRE_CHROMIUM === '1'
export const isThere = existsSync(path)
export const missing = `There is no Chromium at ${path}; CHROMIUM_PATH names another place.`

/** Text without hints and subpixels: the same picture on every screen. */
const SAME_EVERYWHERE = ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb']

export function launch(): Promise<Browser> {
  if (!isThere) throw new Error(missing)
  // Its sandbox needs rights that a container does not give; all pages here are our own.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', ...SAME_EVERYWHERE] })
}
