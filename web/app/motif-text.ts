/**
 * What is looked for in a run, as the address says it: `broadcast`, `gather`, or a pattern such as
 * `a!request.poll,a>b.ask,b>a`: `>` is a message, `!` an event of a process.
 */
import { isLocal, LOCAL_KINDS, type LocalKind, type Pattern, type PatternPart } from '../model/patterns.ts'

export type Motif = 'broadcast' | 'gather' | Pattern

export function motifOf(text: string): Motif | null {
  if (text === '') return null
  if (text === 'broadcast' || text === 'gather') return text
  const parts = text.split(',').map(partOf)
  return parts.some((part) => part === null) ? null : (parts as Pattern)
}

function partOf(text: string): PatternPart | null {
  const [, from, sign, what, rest] = /^([a-d])([>!])([a-zA-Z]+)(?:\.(.+))?$/.exec(text) ?? []
  if (from === undefined || what === undefined) return null
  const type = rest === undefined ? null : decoded(rest)
  if (sign === '>') return /^[a-d]$/.test(what) ? { from, to: what, type } : null
  const kind = LOCAL_KINDS.find((each): each is LocalKind => each === what)
  return kind === undefined ? null : { at: from, kind, type }
}

export const motifText = (pattern: Pattern): string => pattern.map(textOf).join(',')

function textOf(part: PatternPart): string {
  const type = part.type === null ? '' : `.${encodeURIComponent(part.type)}`
  return isLocal(part) ? `${part.at}!${part.kind}${type}` : `${part.from}>${part.to}${type}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
