/**
 * An outline on the wire: stretches, each behind its length in bytes, each
 * readable by itself but for the words of those before it. Little endian,
 * columns widest first, so that all are aligned. It is never stored: both ends
 * are of one version.
 */
import { EVENT_KINDS, KIND } from './events.ts'
import type { Outline } from './outline.ts'

const COUNTS_BYTES = 32 // five u32 and the position of the first event, at 24
export const OUTLINE_PREFIX_BYTES = 8 // so that what follows is aligned; the length is its first half

interface Counts {
  readonly events: number
  readonly follows: number
  readonly textBytes: number
  readonly clocks: number // 1: localNs is there; 0: it equals timeNs throughout
  readonly extras: number // 0: all are 0
  readonly first: number
}

const bytesOf = ({ events, follows, textBytes, clocks, extras }: Counts) =>
  COUNTS_BYTES + events * (23 + 8 * clocks + 4 * extras) + follows * 4 + textBytes

function sectionsOf(buffer: ArrayBuffer, offset: number, counts: Counts) {
  const { events, follows, textBytes, clocks, extras } = counts
  let at = offset + COUNTS_BYTES
  const next = <T>(
    kind: { new (b: ArrayBuffer, o: number, n: number): T; BYTES_PER_ELEMENT: number },
    n: number,
  ) => {
    const section = new kind(buffer, at, n)
    at += n * kind.BYTES_PER_ELEMENT
    return section
  }
  return {
    timeNs: next(Float64Array, events),
    localNs: next(Float64Array, clocks === 1 ? events : 0),
    number: next(Uint32Array, events),
    lamport: next(Uint32Array, events),
    extra: next(Uint32Array, extras === 1 ? events : 0),
    follows: next(Int32Array, follows),
    process: next(Uint16Array, events),
    peer: next(Uint16Array, events),
    word: next(Uint16Array, events),
    kind: next(Uint8Array, events),
    text: next(Uint8Array, textBytes),
  }
}

/** With its prefix; a multiple of eight bytes. */
export function encodeOutline(outline: Outline): Uint8Array {
  const { words, kept } = outline
  const text = new TextEncoder().encode(
    words.length + kept.length === 0 ? '' : JSON.stringify({ words, kept }),
  )
  const counts: Counts = {
    events: outline.length,
    follows: outline.follows.length,
    textBytes: text.length,
    clocks: sameColumn(outline.localNs, outline.timeNs) ? 0 : 1,
    extras: outline.extra.some((value) => value !== 0) ? 1 : 0,
    first: outline.first,
  }
  const length = bytesOf(counts)
  const bytes = new Uint8Array(OUTLINE_PREFIX_BYTES + Math.ceil(length / 8) * 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  const { events, follows, textBytes, clocks, extras, first } = counts
  ;[events, follows, textBytes, clocks, extras].forEach((count, i) => {
    view.setUint32(OUTLINE_PREFIX_BYTES + 4 * i, count, true)
  })
  view.setFloat64(OUTLINE_PREFIX_BYTES + 24, first, true)
  const to = sectionsOf(bytes.buffer, OUTLINE_PREFIX_BYTES, counts)
  for (const column of COLUMNS) to[column].set(outline[column])
  if (clocks === 1) to.localNs.set(outline.localNs)
  if (extras === 1) to.extra.set(outline.extra)
  to.text.set(text)
  return bytes
}

const COLUMNS = ['timeNs', 'number', 'lamport', 'follows', 'process', 'peer', 'word', 'kind'] as const

function sameColumn(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}

/** Bytes of the stretch whose prefix begins at `at`, with prefix and padding. */
export const outlineBytes = (bytes: Uint8Array, at: number): number =>
  OUTLINE_PREFIX_BYTES +
  Math.ceil(new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true) / 8) * 8

/** Reads a stretch with its prefix. Its columns are views of the bytes, which begin at a multiple of 8. */
export function decodeOutline(bytes: Uint8Array): Outline {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = bytes.length < OUTLINE_PREFIX_BYTES + COUNTS_BYTES ? -1 : view.getUint32(0, true)
  const at = (index: number) => view.getUint32(OUTLINE_PREFIX_BYTES + 4 * index, true)
  if (length === -1) throw new Error('a stretch of the outline is too short to be one')
  const counts: Counts = {
    ...{ events: at(0), follows: at(1), textBytes: at(2), clocks: at(3), extras: at(4) },
    first: view.getFloat64(OUTLINE_PREFIX_BYTES + 24, true),
  }
  if (counts.clocks > 1 || counts.extras > 1 || bytesOf(counts) !== length || length > bytes.length) {
    throw new Error('a stretch of the outline is not as long as it says')
  }
  const from = sectionsOf(bytes.buffer as ArrayBuffer, bytes.byteOffset + OUTLINE_PREFIX_BYTES, counts)
  checkKinds(from.kind, counts.follows)
  const { words, kept } = counts.textBytes === 0 ? NOTHING : textsOf(from.text)
  const { timeNs, number, lamport, process, peer, word, kind, follows } = from
  return {
    first: counts.first,
    length: counts.events,
    ...{ timeNs, number, lamport, process, peer, word, kind, follows, words, kept },
    localNs: counts.clocks === 1 ? from.localNs : timeNs,
    extra: counts.extras === 1 ? from.extra : new Uint32Array(counts.events),
  }
}

const NOTHING = { words: [], kept: [] } as const

const textsOf = (bytes: Uint8Array): Pick<Outline, 'words' | 'kept'> =>
  JSON.parse(new TextDecoder().decode(bytes))

function checkKinds(kinds: Uint8Array, follows: number): void {
  let followers = 0
  for (let i = 0; i < kinds.length; i++) {
    const code = kinds[i]!
    if (code >= EVENT_KINDS.length) throw new Error(`there is no event of kind ${code}`)
    if (code === KIND.timeout || code === KIND.resume) followers++
  }
  if (followers !== follows) throw new Error('the outline does not say of each timeout where it was set')
}
