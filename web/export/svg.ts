/** A draw list as a picture that any program can scale: the same shapes, as SVG 1.1. */
import { cellsOf } from '../draw/density.ts'
import { colourOf, GROUND, type Theme } from '../draw/palette.ts'
import type { ArrowShape, DotShape, DrawList, LineShape, Shape, TextShape } from '../draw/shapes.ts'

export interface Sheet {
  readonly width: number
  readonly height: number
  readonly theme: Theme
  readonly title: string
}

const FONT = 'system-ui, sans-serif'

export function svg(list: DrawList, { width, height, theme, title }: Sheet): string {
  const shapes = list.map((shape) => element(shape, theme)).join('\n')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}"`,
    ` height="${px(height)}" font-family="${FONT}">`,
    `<title>${escaped(title)}</title>`,
    `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">`,
    `<path d="M0 6L6 0" stroke="${colourOf('down', theme)}"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="${GROUND[theme]}"/>`,
    shapes,
    '</svg>\n',
  ].join('')
}

function element(shape: Shape, theme: Theme): string {
  const colour = colourOf(shape.tone, theme)
  const alpha = shape.alpha === undefined || shape.alpha === 1 ? '' : ` opacity="${px(shape.alpha)}"`
  switch (shape.shape) {
    case 'line':
      return `<path d="${along(shape)}"${stroke(shape, colour)}${alpha}/>`
    case 'arrow':
      return (
        `<g${alpha}><path d="${along(shape)}"${stroke(shape, colour)}/>` +
        `<path d="${head(shape)}" fill="${colour}"/></g>`
      )
    case 'polyline':
      return `<polyline points="${shape.points.map(px).join(' ')}"${stroke(shape, colour)}${alpha}/>`
    case 'cross': {
      const { x, y, r } = shape
      const [left, right, top, bottom] = [x - r, x + r, y - r, y + r].map(px)
      const d = `M${left} ${top}L${right} ${bottom}M${left} ${bottom}L${right} ${top}`
      return `<path d="${d}"${stroke({ width: shape.width ?? 1.5 }, colour)}${alpha}/>`
    }
    case 'rect': {
      const box = `x="${px(shape.x)}" y="${px(shape.y)}" width="${px(shape.w)}" height="${px(shape.h)}"`
      const hatch = shape.hatched ? `<rect ${box} fill="url(#hatch)"/>` : ''
      return `<rect ${box} fill="${colour}"${alpha}/>${hatch}`
    }
    case 'lattice':
      return [...cellsOf(shape)].map((cell) => element(cell, theme)).join('\n')
    case 'dot':
      return dot(shape, colour, GROUND[theme], alpha)
    case 'text':
      return text(shape, colour, GROUND[theme], alpha)
  }
}

const along = ({ x1, y1, x2, y2 }: LineShape | ArrowShape) => `M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}`

function stroke(
  { width = 1, dash = [] }: { width?: number; dash?: readonly number[] },
  colour: string,
): string {
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`
  return ` stroke="${colour}" stroke-width="${px(width)}" fill="none"${dashes}`
}

const HEAD_SPREAD = 0.42 // as on the canvas

function head({ x1, y1, x2, y2, head: length }: ArrowShape): string {
  const run = Math.hypot(x2 - x1, y2 - y1)
  if (run === 0) return ''
  const [ux, uy] = [(x2 - x1) / run, (y2 - y1) / run]
  const [bx, by, spread] = [x2 - ux * length, y2 - uy * length, length * HEAD_SPREAD]
  const [left, right] = [
    [bx - uy * spread, by + ux * spread],
    [bx + uy * spread, by - ux * spread],
  ] as const
  return `M${px(x2)} ${px(y2)}L${px(left[0]!)} ${px(left[1]!)}L${px(right[0]!)} ${px(right[1]!)}Z`
}

function dot({ x, y, r, form }: DotShape, colour: string, ground: string, alpha: string): string {
  if (form === 'square') {
    const box = `x="${px(x - r)}" y="${px(y - r)}" width="${px(2 * r)}" height="${px(2 * r)}"`
    return `<rect ${box} fill="${colour}"${alpha}/>`
  }
  if (form === 'diamond') {
    const d = 1.3 * r
    const corners = [x, y - d, x + d, y, x, y + d, x - d, y].map(px)
    return `<polygon points="${corners.join(' ')}" fill="${colour}"${alpha}/>`
  }
  const ring =
    form === 'ring' ? ` fill="${ground}" stroke="${colour}" stroke-width="1.5"` : ` fill="${colour}"`
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(r)}"${ring}${alpha}/>`
}

const ANCHOR = { left: 'start', center: 'middle', right: 'end' } as const

/**
 * What lies on a patch of ground has an outline of it instead: nobody knows the width of a text
 * beforehand.
 */
function text(
  { x, y, text: says, align, size, bold, boxed }: TextShape,
  colour: string,
  ground: string,
  alpha: string,
) {
  const patch = boxed
    ? ` stroke="${ground}" stroke-width="4" paint-order="stroke" stroke-linejoin="round"`
    : ''
  const weight = bold ? ' font-weight="600"' : ''
  return (
    `<text x="${px(x)}" y="${px(y)}" dominant-baseline="central" text-anchor="${ANCHOR[align]}" ` +
    `font-size="${px(size)}" fill="${colour}"${weight}${patch}${alpha}>${escaped(says)}</text>`
  )
}

const px = (value: number): string => String(Math.round(value * 100) / 100)

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
// Control characters are in no XML document, escaped or not.
const escaped = (raw: string) =>
  raw.replaceAll(/[\p{Cc}\p{Cs}]/gu, '\uFFFD').replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!)
