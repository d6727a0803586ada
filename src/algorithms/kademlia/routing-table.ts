/**
 * Whom a process knows: bucket i holds up to k of those at a distance in
 * [2^i, 2^(i+1)), the one least recently heard of first (Maymounkov and Mazières
 * 2002, §2.2), and behind it a replacement cache of some more (§4.1). Pure: it
 * changes the table it is given, and what is to be done is told to the caller.
 */
import type { ProcessId } from '../../model/process.ts'
import type { Contact } from './identity.ts'
import { bucketOf, type Id, nearer } from './xor-metric.ts'

export interface Known extends Contact {
  heardMs: number // when it said something last
}

export interface Bucket {
  known: Known[] // least recently heard of first
  spares: Known[] // the same, of those for whom there was no room
  probed: ProcessId | null // who was asked whether it is alive, because somebody wants its place
  lookedUpMs: number // when somebody in this range was looked up last
}

export interface Table {
  readonly own: Id
  readonly buckets: Map<number, Bucket>
}

export type Place = (own: Id, other: Id) => number

export const emptyTable = (own: Id): Table => ({ own, buckets: new Map() })

export function bucketAt({ buckets }: Table, index: number): Bucket {
  let bucket = buckets.get(index)
  if (bucket === undefined) {
    bucket = { known: [], spares: [], probed: null, lookedUpMs: Number.MIN_SAFE_INTEGER }
    buckets.set(index, bucket)
  }
  return bucket
}

const indexIn = (contacts: readonly Contact[], process: ProcessId) =>
  contacts.findIndex((contact) => contact.process === process)

export function find(table: Table, id: Id, place: Place = bucketOf): Known | undefined {
  const bucket = table.buckets.get(place(table.own, id))
  return bucket?.known.find((contact) => contact.id === id)
}

/** What became of somebody who was heard of. */
export type Met =
  | { readonly as: 'known' | 'spare' }
  | { readonly as: 'entered'; readonly bucket: number }
  | { readonly as: 'spare, and the oldest is to be asked'; readonly bucket: number; readonly oldest: Known }

/**
 * Somebody said something. Who is known goes to the end; where there is room it enters. A full
 * bucket keeps whom it has: who has been up for long will be up for longer (§2.2, figure 1). Its oldest
 * is asked, and makes room only if it does not answer.
 */
export function heardOf(table: Table, contact: Contact, k: number, nowMs: number, place: Place): Met {
  const index = place(table.own, contact.id)
  const bucket = bucketAt(table, index)
  const { known, spares } = bucket
  const fresh = { process: contact.process, nonce: contact.nonce, id: contact.id, heardMs: nowMs }
  const at = indexIn(known, contact.process)
  if (at >= 0) {
    known.splice(at, 1)
    known.push(fresh)
    if (bucket.probed === contact.process) bucket.probed = null
    return { as: 'known' }
  }
  const spare = indexIn(spares, contact.process)
  if (spare >= 0) spares.splice(spare, 1)
  if (known.length < k) {
    known.push(fresh)
    return { as: 'entered', bucket: index }
  }
  spares.push(fresh)
  if (spares.length > k) spares.shift()
  if (bucket.probed !== null) return { as: 'spare' }
  bucket.probed = known[0]!.process
  return { as: 'spare, and the oldest is to be asked', bucket: index, oldest: known[0]! }
}

/** Somebody did not answer: out of the table, and the spare heard of last takes its place. */
export function gone(
  table: Table,
  contact: Contact,
  place: Place,
): { bucket: number; entered: Known | undefined; left: boolean } {
  const index = place(table.own, contact.id)
  const bucket = bucketAt(table, index)
  if (bucket.probed === contact.process) bucket.probed = null
  const spare = indexIn(bucket.spares, contact.process)
  if (spare >= 0) bucket.spares.splice(spare, 1)
  const at = indexIn(bucket.known, contact.process)
  if (at < 0) return { bucket: index, entered: undefined, left: false }
  bucket.known.splice(at, 1)
  const entered = bucket.spares.pop()
  if (entered !== undefined) bucket.known.push(entered)
  return { bucket: index, entered, left: true }
}

/** The buckets there are, the nearest first: the order of a `Map` is no part of a state. */
export const inOrder = ({ buckets }: Table): [number, Bucket][] => [...buckets].sort(([i], [j]) => i - j)

export const everyone = (table: Table): Known[] => inOrder(table).flatMap(([, { known }]) => known)

/**
 * The k known that are closest to a target. Buckets are ranges of distance, so most need not be looked
 * at: with b the bucket of the target, whoever is in b shares the bit in which the target differs from
 * the owner, and is nearer than all others; those below b come next, and then the buckets above, one
 * after another.
 */
export function closest(table: Table, target: Id, k: number): Known[] {
  const { own, buckets } = table
  const b = bucketOf(own, target)
  const indices = [...buckets.keys()].sort((x, y) => x - y)
  const groups = [
    indices.filter((i) => i === b),
    indices.filter((i) => i < b),
    ...indices.filter((i) => i > b).map((i) => [i]),
  ]
  const found: Known[] = []
  for (const group of groups) {
    if (found.length >= k) break
    const known = group.flatMap((i) => buckets.get(i)!.known)
    found.push(...known.sort((x, y) => nearer(target, x.id, y.id)))
  }
  return found.slice(0, k)
}
