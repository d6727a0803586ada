/**
 * What can be done to a run while it goes on, as a person types it and as a page sends it:
 *
 *   p03 put colour blue     a request        crash p03     recover p03
 *   cut p00-p01             both ways; p00->p01 one way     heal p00-p01
 */
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import type { ProcessId } from '../model/process.ts'
import type { AnyShapes } from '../model/shape.ts'
import type { Act } from '../runtimes/acting.ts'
import type { Topology } from '../topology/topology.ts'
import type { ActForms } from '../trace-format/acts.ts'
import { completed, range, readRequest, requestForms } from './request.ts'
import { wordsOf } from './words.ts'

/** What an act is read against. */
export interface Acted {
  readonly entry: CatalogueEntry
  readonly topology: Topology
  readonly nth: number // of the requests that were made by hand, from 0
}

const DEEDS = ['crash', 'recover', 'cut', 'heal'] as const
type Deed = (typeof DEEDS)[number]

const LINK = /^(p\d+)(->|-)(p\d+)$/

export function parseAct(line: string, acted: Acted): Act {
  const words = wordsOf(line.replaceAll('–', '-').replaceAll('→', '->'))
  const [first = '', ...rest] = words
  if (!isDeed(first)) {
    if (!/^p\d+$/.test(first))
      throw new UsageError(`it begins with a process, ${range(acted.topology.ids)}, or ${DEEDS.join(', ')}`)
    const { to, request } = readRequest(words, { ...acted, ids: acted.topology.ids })
    return { kind: 'request', to, request }
  }
  const what = rest.join('')
  if (first === 'crash' || first === 'recover') return { kind: first, process: processOf(first, what, acted) }
  const [, a, arrow, b] = LINK.exec(what) ?? []
  if (a === undefined || b === undefined)
    throw new UsageError(`${first} takes a link, such as ${first} ${example(acted)}`)
  return { kind: first, link: linkOf(first, [a, b], acted), oneWay: arrow === '->' }
}

/** An act as a program sends it, of which nothing is known: as it is typed, `{ line }`, or field by field. */
export function actOf(value: unknown, acted: Acted): Act {
  const { line } = recordOf(value, 'an act')
  if (typeof line === 'string' && Object.keys(value as object).length === 1) return parseAct(line, acted)
  const { kind, to, request, process, link, oneWay, ...stray } = recordOf(value, 'an act')
  const [other] = Object.keys(stray)
  if (other !== undefined) throw new UsageError(`${other} is no field of an act`)
  if (kind === 'request') {
    const { ids } = acted.topology
    if (typeof to !== 'string' || !ids.includes(to))
      throw new UsageError(`there is no process ${JSON.stringify(to) ?? 'named'}, ${range(ids)}`)
    const { type, ...fields } = recordOf(request, 'its request')
    if (typeof type !== 'string') throw new UsageError('its request has no type')
    return { kind, to, request: completed({ type, ...fields }, { ...acted, ids }) }
  }
  if (kind === 'crash' || kind === 'recover')
    return { kind, process: processOf(kind, typeof process === 'string' ? process : '', acted) }
  if (kind !== 'cut' && kind !== 'heal') throw new UsageError(`its kind must be request, ${DEEDS.join(', ')}`)
  if (!Array.isArray(link) || link.length !== 2 || !link.every((end) => typeof end === 'string'))
    throw new UsageError(`${kind} takes a link: two processes`)
  if (oneWay !== undefined && typeof oneWay !== 'boolean') throw new UsageError('oneWay is not true or false')
  return { kind, link: linkOf(kind, link as [string, string], acted), oneWay: oneWay === true }
}

/** What can be typed, line by line. */
export function actForms({ entry, topology }: Omit<Acted, 'nth'>): string[] {
  const [process, link] = [topology.ids.at(-1)!, example({ topology })]
  return [
    ...requestForms(entry),
    `crash ${process}`,
    `recover ${process}`,
    ...(link === '' ? [] : [`cut ${link}`, `heal ${link}`]),
  ]
}

/** The same for a page that makes forms of it. */
export function actFields({ entry, topology }: Omit<Acted, 'nth'>): ActForms {
  const { ids, links } = topology
  return {
    requests: Object.entries(entry.shapes.request as AnyShapes).map(([type, fields]) => ({
      type,
      fields: Object.entries(fields).map(([name, { label, unsaid, fits }]) => ({
        name,
        label,
        optional: unsaid !== undefined || fits(null),
      })),
    })),
    links: entry.channels === 'on demand' ? null : links.map(([i, j]) => [ids[i]!, ids[j]!] as const),
  }
}

const isDeed = (word: string): word is Deed => (DEEDS as readonly string[]).includes(word)

function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new UsageError(`${what} is not an object`)
}

function processOf(deed: Deed, id: string, { topology: { ids } }: Pick<Acted, 'topology'>): ProcessId {
  if (ids.includes(id)) return id
  if (id === '') throw new UsageError(`${deed} takes a process, ${range(ids)}`)
  throw new UsageError(`there is no process ${id}, ${range(ids)}`)
}

/** Where messages go on demand everybody can send to everybody; else there must be such a link. */
function linkOf(
  deed: Deed,
  [a, b]: readonly [string, string],
  { entry, topology }: Acted,
): [ProcessId, ProcessId] {
  const { ids, links } = topology
  for (const end of [a, b]) processOf(deed, end, { topology })
  const pair = [ids.indexOf(a), ids.indexOf(b)].sort((x, y) => x - y)
  const isThere = links.some(([i, j]) => i === pair[0] && j === pair[1])
  if (a !== b && (isThere || entry.channels === 'on demand')) return [a, b]
  const others = links.flatMap(([i, j]) => (ids[i] === a ? [ids[j]!] : ids[j] === a ? [ids[i]!] : []))
  throw new UsageError(`there is no link ${a}-${b}; ${a} has one to ${others.join(', ') || 'nobody'}`)
}

const example = ({ topology: { ids, links } }: Pick<Acted, 'topology'>): string => {
  const [first] = links
  return first === undefined ? '' : `${ids[first[0]]}-${ids[first[1]]}`
}
