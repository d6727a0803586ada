/**
 * A picture of the screen as a PNG with a palette: a drawing of lines and text has few colours that
 * matter, and a byte a pixel makes it a third as large (PNG, 3rd edition, W3C 2025, §11.2).
 */
import { crc32, deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'

const COLOURS_MOST = 256
const DROP_BITS = 3 // of each channel: colours that differ in these alone are one

interface Shade {
  count: number
  readonly sum: [number, number, number]
}

export function indexed(png: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(png)
  const shades = new Map<number, Shade>()
  for (let i = 0; i < data.length; i += 4) {
    const key = keyAt(data, i)
    const shade = shades.get(key) ?? { count: 0, sum: [0, 0, 0] }
    shade.count++
    for (const c of [0, 1, 2] as const) shade.sum[c] += data[i + c]!
    shades.set(key, shade)
  }
  const byCount = [...shades].toSorted(([, a], [, b]) => b.count - a.count)
  const palette = byCount
    .slice(0, COLOURS_MOST)
    .map(([, { count, sum }]) => sum.map((of) => Math.round(of / count)))
  const indexOf = new Map(byCount.map(([key], i) => [key, i < palette.length ? i : nearest(palette, key)]))
  const rows = Buffer.alloc(height * (width + 1)) // each row begins with its filter, 0: none
  for (let i = 0, at = 0; i < data.length; i += 4) {
    if ((i / 4) % width === 0) at++
    rows[at++] = indexOf.get(keyAt(data, i))!
  }
  return written(width, height, palette, rows)
}

const keyAt = (data: Buffer, i: number) =>
  ((data[i]! >> DROP_BITS) << 16) | ((data[i + 1]! >> DROP_BITS) << 8) | (data[i + 2]! >> DROP_BITS)

function nearest(palette: readonly number[][], key: number): number {
  const middle = [key >> 16, (key >> 8) & 255, key & 255].map((part) => (part + 0.5) * 2 ** DROP_BITS)
  const distance = (colour: readonly number[]) =>
    colour.reduce((sum, part, c) => sum + (part - middle[c]!) ** 2, 0)
  return palette.reduce((best, colour, i) => (distance(colour) < distance(palette[best]!) ? i : best), 0)
}

function written(width: number, height: number, palette: readonly number[][], rows: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8) // bits a pixel; colours are of the palette
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, checksum])
}
