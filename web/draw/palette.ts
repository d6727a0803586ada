/**
 * Colours by meaning, in light and in dark. Message types get eight hues chosen
 * to stay apart for eyes that do not tell red from green, each at least 3:1
 * against the ground (WCAG 2.2, 1.4.11), and a dash pattern besides, so that no
 * type is told by its colour alone. The red of what is wrong is nobody else's.
 */
import type { NamedTone, RampTone, Tone } from './shapes.ts'

export type Theme = 'light' | 'dark'

export const GROUND: Readonly<Record<Theme, string>> = { light: '#ffffff', dark: '#15181c' }

export const TYPE_COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#0072b2', '#b35c00', '#007a5a', '#731f32', '#279cb3', '#3f3aa8', '#708b53', '#af8991'],
  dark: ['#56b4e9', '#e69f00', '#9cfe83', '#c35b8f', '#a6f3eb', '#b05eff', '#fef000', '#59742c'],
}

const TYPE_DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 4],
  [12, 4],
  [2, 2, 6, 2],
  [1, 4],
]

export const NAMED_COLOURS: Readonly<Record<Theme, Readonly<Record<NamedTone, string>>>> = {
  light: {
    ink: '#1b1f24',
    muted: '#57606a',
    faint: '#d8dde3',
    dim: '#b6bdc6',
    past: '#7a4a00',
    future: '#0b5d8c',
    selected: '#1b1f24',
    offending: '#c8102e',
    cut: '#1b1f24',
    recorded: '#6b2fb3',
    down: '#57606a',
  },
  dark: {
    ink: '#e8ebee',
    muted: '#a3acb6',
    faint: '#343a42',
    dim: '#4b535d',
    past: '#f0b866',
    future: '#79c4f2',
    selected: '#ffffff',
    offending: '#ff6b7d',
    cut: '#e8ebee',
    recorded: '#c79bff',
    down: '#a3acb6',
  },
}

/**
 * From low to high: cividis, which eyes that do not tell red from green see nearly as others do, and
 * which grows lighter throughout (J. R. Nuñez and others, "Optimizing colormaps with consideration for
 * color vision deficiency", PLOS ONE 13(7), 2018). Its ends come near the ground: a rim is needed.
 */
export const RAMP: readonly string[] = [
  '#00204d',
  '#31446b',
  '#575d6d',
  '#7c7b78',
  '#a59c74',
  '#d3c164',
  '#ffea46',
]

const rampStep = (tone: RampTone) => Number(tone.slice('ramp-'.length))
const isRamp = (tone: NamedTone | RampTone): tone is RampTone => tone.startsWith('ramp-')

const hue = (type: number) => type % TYPE_COLOURS.light.length

export function colourOf(tone: Tone, theme: Theme): string {
  if (typeof tone === 'number') return TYPE_COLOURS[theme][hue(tone)]!
  return isRamp(tone) ? RAMP[rampStep(tone)]! : NAMED_COLOURS[theme][tone]
}

/** The dash pattern of a message type; a ninth type has the first's hue with another dash. */
export function dashOf(type: number): readonly number[] {
  const round = Math.floor(type / TYPE_DASHES.length)
  return TYPE_DASHES[(type + round) % TYPE_DASHES.length]!
}

/** The name of a tone among the variables of `paletteCss`. */
export const toneVariable = (tone: Tone): string =>
  typeof tone === 'number' ? `--type-${hue(tone)}` : `--tone-${tone}`

/** All colours as declarations of CSS variables, for a rule of the page's own. */
export function paletteCss(theme: Theme): string {
  const types = TYPE_COLOURS[theme].map((colour, type) => `${toneVariable(type)}: ${colour};`)
  const named = Object.keys(NAMED_COLOURS[theme]).map((name) => {
    const tone = name as NamedTone
    return `${toneVariable(tone)}: ${NAMED_COLOURS[theme][tone]};`
  })
  const ramp = RAMP.map((colour, step) => `${toneVariable(`ramp-${step}` as RampTone)}: ${colour};`)
  return [`--ground: ${GROUND[theme]};`, ...types, ...named, ...ramp].join(' ')
}
