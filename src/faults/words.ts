/** The words of a fault, taken one after the other. */
import { UsageError } from '../lib/usage-error.ts'

/**
 * Blanks around dashes and before units, typographic dashes and arrows: all one to the reader. Of a
 * clock a dash is the sign of what follows.
 */
export function normalised(text: string): string {
  const plain = text
    .replace(/[–—−]/g, '-')
    .replace(/→/g, '->')
    .replace(/(\d)\s+(ms\b|s\b|%|ppm\b)/g, '$1$2')
    .replace(/\s*\/\s*/g, ' / ')
    .trim()
  if (/^clock\b/.test(plain)) return plain.replace(/([+-])\s+(?=\d)/g, '$1')
  return plain.replace(/\s*(->|-)\s*/g, '$1')
}

export class Words {
  readonly #words: string[]

  constructor(text: string) {
    this.#words = text.split(/\s+/).filter((word) => word !== '')
  }

  /** The next word, left where it is. */
  get ahead(): string | undefined {
    return this.#words[0]
  }

  next(what: string): string {
    const word = this.#words.shift()
    if (word === undefined) throw new UsageError(`${what} is missing`)
    return word
  }

  /** Takes the next word if it is that one. */
  skip(word: string): boolean {
    const taken = this.#words[0] === word
    if (taken) this.#words.shift()
    return taken
  }

  end(): void {
    const [word] = this.#words
    if (word !== undefined) throw new UsageError(`'${word}' is not expected there`)
  }
}
