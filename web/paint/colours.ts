/** The palette on the page: as CSS variables for what the browser draws, as a function for what we draw. */
import { signal } from '@preact/signals'
import { colourOf, GROUND, paletteCss, type Theme } from '../draw/palette.ts'
import type { Tone } from '../draw/shapes.ts'

const dark = matchMedia('(prefers-color-scheme: dark)')

/** As the reader's system has it now. */
export const theme = signal<Theme>(dark.matches ? 'dark' : 'light')
dark.addEventListener('change', () => {
  theme.value = dark.matches ? 'dark' : 'light'
})

export interface Colours {
  readonly ground: string
  readonly of: (tone: Tone) => string
}

export const colours = (): Colours => ({
  ground: GROUND[theme.value],
  of: (tone) => colourOf(tone, theme.value),
})

/** Through the object model: the page's policy allows no inline style. */
export function installPalette(): void {
  const sheet = new CSSStyleSheet()
  const inDark = `@media (prefers-color-scheme: dark) { :root { ${paletteCss('dark')} } }`
  sheet.replaceSync(`:root { ${paletteCss('light')} } ${inDark}`)
  document.adoptedStyleSheets.push(sheet)
}
