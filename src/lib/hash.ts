/**
 * 32 bits of a text: FNV-1a over UTF-16 code units, then the finalizer of
 * MurmurHash3 to spread short texts. Not for secrets.
 */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix32(h)
}

/**
 * The finalizer of MurmurHash3 (A. Appleby, public domain): every bit of the
 * input moves every bit of the result.
 */
export function mix32(number: number): number {
  let h = number | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
