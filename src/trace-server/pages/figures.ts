/** Numbers and words as the pages write them. */
import { type Html, html } from '../html.ts'

export const count = (value: number | null): string => (value === null ? '–' : value.toLocaleString('en'))

export const ms = (ns: number): string => (ns / 1e6).toFixed(3)

export function duration(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 1_000) return `${Number(ms.toPrecision(3))} ms`
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`
}

/** In UTC, so that the text does not depend on where the server runs. */
export function when(atMs: number): Html {
  const iso = new Date(atMs).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`
}

/** A text cut for reading; the whole of it is in the files of the run. */
export function cut(text: string, max = 300): string {
  return text.length <= max
    ? text
    : `${text.slice(0, max).toWellFormed()}… (${count(text.length)} characters)`
}

const MARKS: Readonly<Record<string, string>> = {
  valid: '✓',
  violated: '✗',
  unknown: '?',
  'not seen': '○',
  running: '…',
  interrupted: '‖',
  damaged: '!',
}

/** A verdict or a state of a run: a mark, a word and a colour, so that none is needed alone. */
export function verdict(word: string): Html {
  const known = Object.hasOwn(MARKS, word)
  const name = known ? word.replace(' ', '-') : 'other'
  const mark = html`<span aria-hidden="true">${known ? MARKS[word] : '·'}</span>`
  return html`<span class="verdict ${name}">${mark} ${word}</span>`
}
