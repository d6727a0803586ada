/** The viewer as a person reads it: by the names and roles of what is on it, and by its address. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export const diagram = (page: Page): Locator => page.getByRole('application')
export const status = (page: Page): Locator => page.getByRole('status')
export const tab = (page: Page, name: string): Locator => page.getByRole('tab', { name, exact: true })
export const panel = (page: Page, name: string): Locator => page.getByRole('tabpanel', { name, exact: true })
export const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** On a machine that is busy; a page that is right is there at once. */
const PATIENCE_MS = 15_000

/** Looks again and again until what is expected is so. */
export const eventually = <T>(look: () => T | Promise<T>, message = '') =>
  expect.poll(look, { timeout: PATIENCE_MS, interval: 25, message })

/** Opens a tab and returns its pane. */
export async function opened(page: Page, name: string): Promise<Locator> {
  await tab(page, name).click()
  const its = panel(page, name)
  await its.waitFor()
  return its
}

/** Waits until a part of the page says something. */
export async function says(part: Locator, ...texts: readonly (string | RegExp)[]): Promise<void> {
  for (const text of texts) {
    await eventually(async () => collapsed(await part.innerText()), `the page says ${text}`).toMatch(
      text instanceof RegExp ? text : literally(text),
    )
  }
}

const collapsed = (text: string) => text.replaceAll(/\s+/g, ' ')
const literally = (text: string) => new RegExp(collapsed(text).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))

export const parameter = (page: Page, name: string): string | null =>
  new URL(page.url()).searchParams.get(name)

/** Waits until the address says something; null: says nothing of it. */
export const addressSays = (page: Page, name: string, value: string | number | null): Promise<void> =>
  eventually(() => parameter(page, name), `${name} in the address`).toBe(
    value === null ? null : String(value),
  )

/** Waits until the page has an event selected: the address and the pane say so. */
export async function selects(page: Page, position: number): Promise<void> {
  await addressSays(page, 'at', position)
  await says(panel(page, 'Event'), `${position} of the run`)
}

/** How many events the list holds, by its name: `Events: 12 of 345`. */
export async function listed(page: Page): Promise<{ shown: number; all: number }> {
  const name = await page.getByRole('listbox').getAttribute('aria-label')
  const [, shown, all] = /^Events: (\d+) of (\d+)$/.exec(name ?? '') ?? []
  return { shown: Number(shown), all: Number(all) }
}

/** An expression worked out in the page. */
export const inPage = <T>(page: Page, expression: string): Promise<T> => page.evaluate(expression)

export const overflowsSideways = (page: Page): Promise<boolean> =>
  inPage(page, 'document.documentElement.scrollWidth > document.documentElement.clientWidth')
