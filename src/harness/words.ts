/**
 * A line that a person wrote, as words: parted by blanks, but for what stands in double quotes, and
 * for a value of JSON from its first bracket to its last. `name="two words"` is one word too.
 */
import { UsageError } from '../lib/usage-error.ts'

const QUOTED = /"(?:[^"\\]|\\.)*"/y
const PLAIN = /[^\s"{[]+/y

export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line[at]!)) {
      if (word !== null) words.push(word)
      word = null
      at++
      continue
    }
    const [end, value] = piece(line, at)
    word = (word ?? '') + value
    at = end
  }
  return word === null ? words : [...words, word]
}

/** What begins at a place and is no blank: where it ends, and what it says. */
function piece(line: string, at: number): [end: number, value: string] {
  const first = line[at]!
  if (first === '{' || first === '[') return bracketed(line, at)
  const pattern = first === '"' ? QUOTED : PLAIN
  pattern.lastIndex = at
  const found = pattern.exec(line)?.[0]
  if (found === undefined) throw new UsageError(`a quotation is not closed: ${line.slice(at)}`)
  return [at + found.length, first === '"' ? unquoted(found) : found]
}

function bracketed(line: string, at: number): [end: number, value: string] {
  let depth = 0
  for (let i = at; i < line.length; i++) {
    const sign = line[i]!
    if (sign === '"') {
      QUOTED.lastIndex = i
      const quoted = QUOTED.exec(line)?.[0]
      if (quoted === undefined) break
      i += quoted.length - 1
    } else if (sign === '{' || sign === '[') depth++
    else if ((sign === '}' || sign === ']') && --depth === 0) return [i + 1, line.slice(at, i + 1)]
  }
  throw new UsageError(`a bracket is not closed: ${line.slice(at)}`)
}

const unquoted = (text: string) => text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
