import { describe, expect, test } from 'vitest'
import { colourOf, dashOf, GROUND, NAMED_COLOURS, paletteCss, type Theme, TYPE_COLOURS } from './palette.ts'

type Rgb = readonly [number, number, number]

const linear = (hex: string) =>
  [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

/** G. M. Machado et al., "A Physiologically-based Model for Simulation of Color Vision Deficiency", 2009. */
const EYES: Readonly<Record<string, readonly Rgb[]>> = {
  'the usual': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
}

function lab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((share) => Math.min(1, Math.max(0, share))) as unknown as Rgb
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 3132 + 4 / 29)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
  const y = f(luminance([r, g, b]))
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function apart(a: string, b: string, eye: readonly Rgb[]): number {
  const seen = (hex: string) => {
    const rgb = linear(hex)
    return lab(eye.map((row) => row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]) as unknown as Rgb)
  }
  const [p, q] = [seen(a), seen(b)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

const pairs = <T>(items: readonly T[]) =>
  items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const))

describe.each<Theme>(['light', 'dark'])('in %s', (theme) => {
  test('every type stands out from the ground', () => {
    for (const colour of TYPE_COLOURS[theme]) {
      expect(contrast(colour, GROUND[theme]), colour).toBeGreaterThanOrEqual(3)
    }
    for (const tone of ['ink', 'muted', 'past', 'future', 'offending', 'recorded'] as const) {
      expect(contrast(NAMED_COLOURS[theme][tone], GROUND[theme]), tone).toBeGreaterThanOrEqual(4.5)
    }
  })

  test.each(Object.keys(EYES))(
    'types can be told apart, and from what is wrong, by eyes with %s sight',
    (eye) => {
      for (const [a, b] of pairs([...TYPE_COLOURS[theme], NAMED_COLOURS[theme].offending])) {
        expect(apart(a, b, EYES[eye]!), `${a} and ${b}`).toBeGreaterThan(15)
      }
    },
  )

  test('the variables hold every colour', () => {
    const css = paletteCss(theme)
    for (const colour of [...TYPE_COLOURS[theme], ...Object.values(NAMED_COLOURS[theme])]) {
      expect(css).toContain(colour)
    }
  })
})

test('no two of the first 16 types look the same', () => {
  const looks = Array.from({ length: 16 }, (_, type) => `${colourOf(type, 'light')} ${dashOf(type)}`)
  expect(new Set(looks).size).toBe(16)
})
