/**
 * A topology written by hand, a line for each link:
 *
 *   p00 p03      channels both ways
 *   0 -> 3       a channel from p00 to p03 only
 *   # a comment; blank lines mean nothing
 *
 * Processes are those that are named. They are numbered from 0 without gaps, so
 * that a mistyped number is told and not made into a process that nobody hears.
 */
import { UsageError } from '../lib/usage-error.ts'
import type { Arc } from './arc.ts'

const LINE = /^p?(\d{1,6})(?:\s*(->|→)\s*|\s+)p?(\d{1,6})$/

export function readEdges(path: string, content: string, processesMax: number): { n: number; arcs: Arc[] } {
  const arcs: Arc[] = []
  const named = new Set<number>()
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const text = line.replace(/#.*/, '').trim()
    if (text === '') continue
    const complain = (why: string) => new UsageError(`${path}, line ${index + 1}: '${text}' ${why}`)
    const match = LINE.exec(text)
    if (match === null) throw complain(`is no link; write 'p00 p03' (both ways) or 'p00 -> p03' (one way)`)
    const from = Number(match[1])
    const to = Number(match[3])
    if (from === to) throw complain('joins a process to itself; a process needs no channel to itself')
    if (Math.max(from, to) >= processesMax) throw complain(`is beyond the last process, p${processesMax - 1}`)
    arcs.push([from, to])
    if (match[2] === undefined) arcs.push([to, from])
    named.add(from).add(to)
  }
  if (named.size === 0) throw new UsageError(`${path} holds no link; write one a line, as in 'p00 p03'`)
  const n = named.size
  for (let i = 0; i < n; i++) {
    if (named.has(i)) continue
    const last = [...named].reduce((a, b) => Math.max(a, b))
    throw new UsageError(`${path} names process ${last} but not ${i}; number them from 0 without gaps`)
  }
  return { n, arcs }
}
