/**
 * The type of what a payload carries, found in its JSON text without making a value of it: of a
 * million messages only the types are wanted at first. The same as `innermostType` of the value.
 */
import { CARRIED, innermostType } from './history-reader.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** What is not as our own writer puts it is left to `JSON.parse`. */
const UNUSUAL = -1

export const typeOfText = (text: string): string => typeFrom(text, 0) ?? innermostType(parsed(text))

/** Of `[timer,minMs,maxMs]` the type of the timer. */
export function typeOfTimerSet(text: string): string {
  const found = text.charCodeAt(0) === OPEN_BRACKET ? typeFrom(text, 1) : null
  if (found !== null) return found
  const value = parsed(text)
  return Array.isArray(value) ? innermostType(value[0]) : ''
}

function typeFrom(text: string, begin: number): string | null {
  for (let at = begin; ; ) {
    const found = typeAt(text, at)
    if (typeof found !== 'number') return found
    at = found
  }
}

/** The type of the object that begins at `at`; where what it carries begins; null if it is unusual. */
function typeAt(text: string, at: number): string | number | null {
  if (text.charCodeAt(at) !== OPEN_BRACE) return null
  let type: string | null = null
  const carried = [-1, -1, -1, -1]
  let i = at + 1
  if (text.charCodeAt(i) === CLOSE_BRACE) return ''
  for (;;) {
    if (text.charCodeAt(i) !== QUOTE) return null
    const keyEnd = text.indexOf('"', i + 1)
    const begin = keyEnd + 2
    if (keyEnd === -1 || text.charCodeAt(keyEnd + 1) !== COLON) return null
    const end = valueEnd(text, begin)
    if (end === UNUSUAL) return null
    const key = text.slice(i + 1, keyEnd)
    if (key.includes('\\')) return null
    if (key === 'type') {
      type = text.charCodeAt(begin) === QUOTE ? text.slice(begin + 1, end - 1) : ''
      if (type.includes('\\')) return null
    } else if (CARRIED.includes(key as (typeof CARRIED)[number])) {
      carried[CARRIED.indexOf(key as (typeof CARRIED)[number])] = begin
    }
    const next = text.charCodeAt(end)
    i = end + 1
    if (next === CLOSE_BRACE) break
    if (next !== COMMA) return null
  }
  if (type !== 'basic') return type ?? ''
  const inner = carried.find((begin) => begin !== -1)
  if (inner === undefined) return type
  return text.charCodeAt(inner) === OPEN_BRACE ? inner : null
}

/** Behind the value that begins at `at`. */
function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at)
  if (first === QUOTE) return stringEnd(text, at)
  const nested = first === OPEN_BRACE || first === OPEN_BRACKET
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      const end = stringEnd(text, i)
      if (end === UNUSUAL) return UNUSUAL
      i = end - 1
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (!nested) return i
      if (--depth === 0) return i + 1
    } else if (code === COMMA && !nested) return i
  }
  return UNUSUAL
}

function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end + 1
  }
  return UNUSUAL
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
