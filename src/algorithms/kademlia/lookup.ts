/**
 * The iterative lookup (Maymounkov and Mazières 2002, §2.3): a short list of
 * those nearest to a target that were heard of, of which the nearest not yet
 * asked are asked, α at a time, until the k nearest have answered. Pure: it says
 * whom to ask, and is told who answered what and who did not.
 */
import type { ProcessId } from '../../model/process.ts'
import type { Contact } from './identity.ts'
import { type Id, nearer } from './xor-metric.ts'

export interface Candidate extends Contact {
  status: 'heard of' | 'asked' | 'answered' | 'silent'
  hops: number // of the chain of those who named each other: 1 for whom one knew oneself, 0 for oneself
}

export interface Lookup {
  readonly target: Id
  readonly k: number
  candidates: Candidate[] // the nearest first
}

const LIST_FACTOR = 3 // of the list, in k: what is farther is forgotten, unless it is being asked

export function beginLookup(target: Id, k: number, self: Contact, known: readonly Contact[]): Lookup {
  const lookup: Lookup = { target, k, candidates: [] }
  add(lookup, self, 'answered', 0)
  for (const contact of known) add(lookup, contact, 'heard of', 1)
  return lookup
}

function add({ target, candidates }: Lookup, contact: Contact, status: Candidate['status'], hops: number) {
  const { process, nonce, id } = contact
  if (candidates.some((candidate) => candidate.process === process)) return
  const at = candidates.findIndex((candidate) => nearer(target, id, candidate.id) < 0)
  candidates.splice(at < 0 ? candidates.length : at, 0, { process, nonce, id, status, hops })
}

const inRace = ({ candidates, k }: Lookup) =>
  candidates.filter(({ status }) => status !== 'silent').slice(0, k)

/** Whom to ask now, so that α are being asked; they are taken to be asked from here on. */
export function toAsk(lookup: Lookup, alpha: number): Candidate[] {
  const underWay = lookup.candidates.filter(({ status }) => status === 'asked').length
  const next = inRace(lookup)
    .filter(({ status }) => status === 'heard of')
    .slice(0, Math.max(0, alpha - underWay))
  for (const candidate of next) candidate.status = 'asked'
  return next
}

/** Somebody who was asked named these. */
export function answered(lookup: Lookup, from: ProcessId, named: readonly Contact[]): void {
  const source = lookup.candidates.find(({ process }) => process === from)
  if (source === undefined) return
  source.status = 'answered'
  for (const contact of named) add(lookup, contact, 'heard of', source.hops + 1)
  const { candidates, k } = lookup
  if (candidates.length > LIST_FACTOR * k) {
    lookup.candidates = candidates.filter(({ status }, at) => at < LIST_FACTOR * k || status === 'asked')
  }
}

export function silent(lookup: Lookup, process: ProcessId): void {
  const candidate = lookup.candidates.find((other) => other.process === process)
  if (candidate !== undefined && candidate.status === 'asked') candidate.status = 'silent'
}

/** The k nearest that did not fall silent have all answered: nobody among them knows anybody nearer. */
export const isOver = (lookup: Lookup): boolean => inRace(lookup).every(({ status }) => status === 'answered')

/** The nearest of those who answered. */
export const result = (lookup: Lookup, many: number): Candidate[] =>
  lookup.candidates.filter(({ status }) => status === 'answered').slice(0, many)
