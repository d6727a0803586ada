/**
 * HTML as a tagged template that escapes: whatever is put into the template is
 * text, unless it was made by the template itself. Names, payloads and states
 * come from traces of anybody, so escaping must be what happens when nobody
 * thinks of it.
 */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

export type Piece = Html | string | number | null | undefined | false | readonly Piece[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!)

function markup(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.toString()
  if (typeof piece === 'object') return piece.map(markup).join('')
  return escaped(String(piece))
}

/** Attributes must be written in quotes; then the escapes hold there too. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(parts.reduce((whole, part, i) => whole + markup(pieces[i - 1]) + part))
