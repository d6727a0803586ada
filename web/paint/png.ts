/** A draw list as pixels: painted as a pane is, on a ground of its own, twice as fine. */
import type { DrawList } from '../draw/shapes.ts'
import type { Colours } from './colours.ts'
import { paint } from './painter.ts'

export interface Sheet {
  readonly width: number
  readonly height: number
  readonly font: string
}

/** Pixels of a unit of the drawing: sharp on paper and on a fine screen. */
const FINE = 2

export async function png(list: DrawList, { width, height, font }: Sheet, colours: Colours): Promise<Blob> {
  const canvas = document.createElement('canvas')
  paint({ canvas, width, height, font, scale: FINE / (window.devicePixelRatio || 1) }, list, colours)
  const context = canvas.getContext('2d')!
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.globalAlpha = 1
  context.globalCompositeOperation = 'destination-over'
  context.fillStyle = colours.ground
  context.fillRect(0, 0, canvas.width, canvas.height)
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob === null ? failed(new Error('it is too large for a picture')) : done(blob)))
  })
}
