/**
 * Puts a draw list on a canvas. Knows shapes and colours, nothing of runs.
 * Neighbouring lines of one style are stroked as one path: a canvas pays for a
 * stroke, hardly for what is in it.
 */
import type {
  ArrowShape,
  DotShape,
  DrawList,
  LatticeShape,
  LineShape,
  Shape,
  TextShape,
} from '../draw/shapes.ts'
import type { Colours } from './colours.ts'

export interface Surface {
  readonly canvas: HTMLCanvasElement
  readonly width: number // in the units of the drawing
  readonly height: number
  readonly scale: number // CSS px of a unit
  readonly font: string // family
}

export function paint(surface: Surface, list: DrawList, colours: Colours): void {
  const { canvas, width, height, scale } = surface
  const context = canvas.getContext('2d')
  if (context === null) return
  const ratio = (window.devicePixelRatio || 1) * scale
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.lineJoin = 'round'
  for (let i = 0; i < list.length; ) i = paintFrom(context, list, i, colours, surface.font)
}

/** Paints the shape at `i`, and with it those after it that can share its path; returns the next. */
function paintFrom(
  context: CanvasRenderingContext2D,
  list: DrawList,
  i: number,
  colours: Colours,
  font: string,
): number {
  const first = list[i]!
  context.globalAlpha = first.alpha ?? 1
  const colour = colours.of(first.tone)
  context.strokeStyle = colour
  context.fillStyle = colour
  if (first.shape === 'line' || first.shape === 'arrow') return paintSegments(context, list, i)
  if (first.shape === 'dot' && first.form === 'disc') return paintDiscs(context, list, i)
  if (first.shape === 'text') paintText(context, first, colours, font)
  else paintOne(context, first, colours)
  return i + 1
}

function paintSegments(context: CanvasRenderingContext2D, list: DrawList, i: number): number {
  const first = list[i] as LineShape | ArrowShape
  const heads = new Path2D()
  context.lineWidth = first.width ?? 1
  context.setLineDash(dashOf(first.dash))
  context.beginPath()
  let next = i
  for (; next < list.length && sharesStyle(first, list[next]!); next++) {
    const segment = list[next] as LineShape | ArrowShape
    context.moveTo(segment.x1, segment.y1)
    context.lineTo(segment.x2, segment.y2)
    if (segment.shape === 'arrow') addHead(heads, segment)
  }
  context.stroke()
  context.setLineDash([])
  context.fill(heads)
  return next
}

/** Neighbouring discs of one colour are filled as one path. */
function paintDiscs(context: CanvasRenderingContext2D, list: DrawList, i: number): number {
  const { tone, alpha } = list[i]!
  context.beginPath()
  let next = i
  for (; next < list.length; next++) {
    const shape = list[next]!
    if (shape.shape !== 'dot' || shape.form !== 'disc' || shape.tone !== tone || shape.alpha !== alpha) break
    context.moveTo(shape.x + shape.r, shape.y)
    context.arc(shape.x, shape.y, shape.r, 0, 2 * Math.PI)
  }
  context.fill()
  return next
}

function sharesStyle(first: LineShape | ArrowShape, shape: Shape): boolean {
  return (
    (shape.shape === 'line' || shape.shape === 'arrow') &&
    shape.tone === first.tone &&
    shape.alpha === first.alpha &&
    shape.width === first.width &&
    shape.dash?.join() === first.dash?.join()
  )
}

const dashOf = (dash: readonly number[] | undefined): number[] => (dash === undefined ? [] : [...dash])

const HEAD_SPREAD = 0.42 // half of its width by its length

function addHead(path: Path2D, { x1, y1, x2, y2, head }: ArrowShape): void {
  const length = Math.hypot(x2 - x1, y2 - y1)
  if (length === 0) return
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length]
  const [bx, by] = [x2 - ux * head, y2 - uy * head]
  const spread = head * HEAD_SPREAD
  path.moveTo(x2, y2)
  path.lineTo(bx - uy * spread, by + ux * spread)
  path.lineTo(bx + uy * spread, by - ux * spread)
  path.closePath()
}

function paintOne(
  context: CanvasRenderingContext2D,
  shape: Exclude<Shape, LineShape | ArrowShape | TextShape>,
  colours: Colours,
): void {
  switch (shape.shape) {
    case 'dot':
      return paintDot(context, shape, colours)
    case 'cross': {
      const { x, y, r } = shape
      context.lineWidth = shape.width ?? 1.5
      context.beginPath()
      context.moveTo(x - r, y - r)
      context.lineTo(x + r, y + r)
      context.moveTo(x - r, y + r)
      context.lineTo(x + r, y - r)
      return context.stroke()
    }
    case 'polyline': {
      context.lineWidth = shape.width ?? 1
      context.setLineDash(dashOf(shape.dash))
      context.beginPath()
      for (let i = 0; i + 1 < shape.points.length; i += 2) {
        context.lineTo(shape.points[i]!, shape.points[i + 1]!)
      }
      context.stroke()
      return context.setLineDash([])
    }
    case 'rect':
      context.fillRect(shape.x, shape.y, shape.w, shape.h)
      return shape.hatched ? hatch(context, shape.x, shape.y, shape.w, shape.h) : undefined
    case 'lattice':
      return paintLattice(context, shape, colours)
  }
}

function paintDot(context: CanvasRenderingContext2D, { x, y, r, form }: DotShape, colours: Colours): void {
  context.beginPath()
  if (form === 'square') context.rect(x - r, y - r, 2 * r, 2 * r)
  else if (form === 'diamond') {
    context.moveTo(x, y - r * 1.3)
    context.lineTo(x + r * 1.3, y)
    context.lineTo(x, y + r * 1.3)
    context.lineTo(x - r * 1.3, y)
    context.closePath()
  } else context.arc(x, y, r, 0, 2 * Math.PI)
  if (form !== 'ring') return context.fill()
  const ink = context.fillStyle
  context.fillStyle = colours.ground
  context.fill()
  context.fillStyle = ink
  context.lineWidth = 1.5
  context.stroke()
}

const small = document.createElement('canvas')

/** A pixel a cell, then drawn as large as it is meant: one picture, however many cells. */
function paintLattice(context: CanvasRenderingContext2D, lattice: LatticeShape, colours: Colours): void {
  const { x, y, cellWidth, cellHeight, columns, alphas, box } = lattice
  const rows = alphas.length / columns
  small.width = columns
  small.height = rows
  small.getContext('2d')?.putImageData(pixelsOf(lattice, colours), 0, 0)
  context.save()
  context.beginPath()
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top)
  context.clip()
  context.globalAlpha = 1
  context.imageSmoothingEnabled = false
  context.drawImage(small, x, y, columns * cellWidth, rows * cellHeight)
  context.restore()
}

function pixelsOf({ columns, tones, alphas }: LatticeShape, colours: Colours): ImageData {
  const image = new ImageData(columns, alphas.length / columns)
  const bytes = new DataView(image.data.buffer)
  const known: number[] = [] // by tone: red, green and blue
  for (let cell = 0; cell < alphas.length; cell++) {
    if (alphas[cell] === 0) continue
    const tone = tones[cell]!
    known[tone] ??= Number.parseInt(colours.of(tone).slice(1), 16)
    const alpha = Math.round(alphas[cell]! * 255)
    bytes.setUint32(4 * cell, known[tone] * 256 + alpha)
  }
  return image
}

const HATCH = 6 // px between two strokes

function hatch(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  context.save()
  context.globalAlpha = 1
  context.beginPath()
  context.rect(x, y, w, h)
  context.clip()
  context.lineWidth = 1
  context.beginPath()
  for (let at = x - h; at < x + w; at += HATCH) {
    context.moveTo(at, y + h)
    context.lineTo(at + h, y)
  }
  context.stroke()
  context.restore()
}

function paintText(
  context: CanvasRenderingContext2D,
  { x, y, text, align, size, bold, boxed }: TextShape,
  colours: Colours,
  font: string,
): void {
  context.font = `${bold ? '600 ' : ''}${size}px ${font}`
  context.textAlign = align
  context.textBaseline = 'middle'
  if (boxed) {
    const ink = context.fillStyle
    const { width } = context.measureText(text)
    const left = align === 'left' ? x : align === 'right' ? x - width : x - width / 2
    context.fillStyle = colours.ground
    context.fillRect(left - 3, y - size / 2 - 2, width + 6, size + 4)
    context.fillStyle = ink
  }
  context.fillText(text, x, y)
}
