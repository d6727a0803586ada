/** What is looked for in a run, as the address says it: `broadcast`, `gather`, or `a>b.ask,b>a`. */
import type { PatternMessage } from '../model/motifs.ts'

export type Motif = 'broadcast' | 'gather' | readonly PatternMessage[]

export function motifOf(text: string): Motif | null {
  if (text === '') return null
  if (text === 'broadcast' || text === 'gather') return text
  const messages = text.split(',').map((part): PatternMessage | null => {
    const found = /^([a-d])>([a-d])(?:\.(.+))?$/.exec(part)
    if (found === null) return null
    return { from: found[1]!, to: found[2]!, type: found[3] === undefined ? null : decoded(found[3]) }
  })
  return messages.some((message) => message === null) ? null : (messages as PatternMessage[])
}

export const motifText = (messages: readonly PatternMessage[]): string =>
  messages
    .map(({ from, to, type }) => `${from}>${to}${type === null ? '' : `.${encodeURIComponent(type)}`}`)
    .join(',')

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
