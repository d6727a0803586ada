/**
 * Spans of the foreign program that was heard of last, as they were understood when they came: whoever
 * looks at its run while it sends need not wait until its file is read and understood once more.
 */
import type { ForeignSpan } from '../trace-format/otlp-decode.ts'

/** Of the file. In memory spans take about twice as much. */
const BYTES_MAX = 64 * 1024 ** 2

export class RecentSpans {
  #path = ''
  #bytes = 0 // of the file, up to which all its spans are here
  #spans: (readonly ForeignSpan[])[] = []

  /** Spans were written to a file, of which they are the bytes from `from` to `to`. */
  add(path: string, from: number, to: number, spans: readonly ForeignSpan[]): void {
    if (from === 0) {
      this.#path = path
      this.#spans = []
    } else if (path !== this.#path || from !== this.#bytes) {
      return // what came before is not here
    }
    this.#bytes = to
    if (to <= BYTES_MAX) this.#spans.push(spans)
    else this.forget()
  }

  /** All spans of a file that has so many bytes; null when they are not here. */
  of(path: string, bytes: number): ForeignSpan[] | null {
    return path === this.#path && bytes === this.#bytes ? this.#spans.flat() : null
  }

  forget(): void {
    this.#path = ''
    this.#spans = []
  }
}
