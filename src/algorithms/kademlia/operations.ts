/** What is made of lookups: joining, refreshing, finding, putting and getting. */
import { sha256 } from '../../lib/sha256.ts'
import type { ProcessId } from '../../model/process.ts'
import {
  answered,
  beginLookup,
  type Candidate,
  isOver,
  type Lookup,
  result,
  silent,
  toAsk,
} from './lookup.ts'
import { ask, proved } from './peers.ts'
import { bucketAt, closest, everyone } from './routing-table.ts'
import { inOrder, keep, type Plain, read } from './values.ts'
import type { Cost, Here, Kademlia, Purpose, Reason } from './vocabulary.ts'
import { BITS, bucketOf, type Id, somewhereIn } from './xor-metric.ts'

export const keyId = (key: string): Id => sha256(key)
export const secretOf = ({ choices, state }: Here) => `${choices.secret}/${state.self.process}`

export function lookUp(here: Here, target: Id, purpose: Purpose): void {
  const { state, choices, context, rules } = here
  const { k } = choices
  const lookup = beginLookup(target, k, state.self, closest(state.table, target, k))
  const bucket = rules.place(state.self.id, target)
  if (bucket >= 0) bucketAt(state.table, bucket).lookedUpMs = context.now()
  const number = ++state.numbers
  state.lookups.set(number, { lookup, purpose, asked: 0 })
  goOn(here, number)
}

function goOn(here: Here, number: number): void {
  const { state, choices } = here
  const running = state.lookups.get(number)!
  const { lookup, purpose } = running
  const question =
    purpose.type === 'get'
      ? ({ type: 'findValue', key: purpose.key } as const)
      : ({ type: 'findNode', target: lookup.target } as const)
  for (const candidate of toAsk(lookup, choices.alpha)) {
    const { process, nonce, id } = candidate
    running.asked++
    ask(here, { process, nonce, id }, question, { type: 'lookup', lookup: number })
  }
  if (!isOver(lookup)) return
  state.lookups.delete(number)
  finish(here, lookup, purpose, running.asked)
}

export function named(here: Here, number: number, from: ProcessId, contacts: readonly string[]): void {
  const running = here.state.lookups.get(number)
  if (running === undefined) return // a value came first
  answered(running.lookup, from, proved(here, from, contacts, running.lookup))
  goOn(here, number)
}

/** Somebody did not answer: what was to be done goes on without it. */
export function without(here: Here, process: ProcessId, reason: Reason): void {
  if (reason.type === 'put') return copied(here, reason.put, false)
  if (reason.type !== 'lookup') return
  const running = here.state.lookups.get(reason.lookup)
  if (running === undefined) return
  silent(running.lookup, process)
  goOn(here, reason.lookup)
}

const hopsOf = (candidates: readonly Candidate[]) => Math.max(0, ...candidates.map(({ hops }) => hops))

function finish(here: Here, lookup: Lookup, purpose: Purpose, asked: number): void {
  const { indicate } = here.context
  const nearest = result(lookup, lookup.k)
  const cost: Cost = { hops: hopsOf(nearest), asked }
  switch (purpose.type) {
    case 'join':
      return joined(here)
    case 'refresh':
      return
    case 'find': {
      const processes = nearest.map(({ process }) => process)
      return indicate({ type: 'found', id: purpose.id, target: lookup.target, processes, ...cost })
    }
    case 'get':
      return indicate({ type: 'got', id: purpose.id, key: purpose.key, value: null, ...cost })
    case 'put':
      return handOut(here, lookup, purpose, cost)
  }
}

/** The first who has the value: no need to go on. */
export function gotten(here: Here, number: number, from: ProcessId, value: string): boolean {
  const running = here.state.lookups.get(number)
  if (running === undefined) return true
  const { purpose, lookup, asked } = running
  if (purpose.type !== 'get') return false
  here.state.lookups.delete(number)
  const hops = lookup.candidates.find(({ process }) => process === from)?.hops ?? 0
  here.context.indicate({ type: 'got', id: purpose.id, key: purpose.key, value, hops, asked })
  return true
}

/** It knows its neighbours, and they know it. What it knows of those farther away it looks up (§2.3). */
function joined(here: Here): void {
  const { state, context } = here
  if (everyone(state.table).length === 0 && context.outgoing.length > 0) {
    state.phase = 'out' // nobody answered after all; the timer begins anew
    return
  }
  state.phase = 'in'
  context.indicate({ type: 'joined' })
  for (const [key] of inOrder(state.values)) announce(here, key)
  persist(here)
  for (const request of state.waiting.splice(0)) serve(here, request)
  for (const bucket of far(here)) refresh(here, bucket)
}

/**
 * The buckets that a lookup of its own number does not fill: it returns the k nearest, and so everyone
 * in a bucket nearer than the k-th of them.
 */
export function far({ state, choices: { k } }: Here): number[] {
  const last = closest(state.table, state.self.id, k)[k - 1]
  if (last === undefined) return []
  const first = bucketOf(state.self.id, last.id)
  return Array.from({ length: BITS - first }, (_, i) => first + i)
}

export function refresh(here: Here, bucket: number): void {
  const { state, context } = here
  lookUp(here, somewhereIn(bucket, state.self.id, context.random), { type: 'refresh' })
}

/** What is asked of it, once it has joined. */
export function serve(here: Here, request: Kademlia['request']): void {
  const { state, context, choices } = here
  const now = context.now()
  if (request.type === 'find') {
    return lookUp(here, request.target, { type: 'find', id: request.id })
  }
  const { id, key } = request
  const there = read(state.values, secretOf(here), key, now)
  if (request.type === 'get') {
    if (there === null) return lookUp(here, keyId(key), { type: 'get', id, key })
    return context.indicate({ type: 'got', id, key, value: there.value, hops: 0, asked: 0 })
  }
  // Later by its own clock, and later than what it has seen: of two that it puts the second counts.
  const version = Math.max(Math.floor(now), (there?.version ?? 0) + 1)
  const replication = Math.min(request.replication, choices.k)
  hold(here, key, { value: request.value, version, leftMs: request.ttlMs, replication }, 'own')
  lookUp(here, keyId(key), { type: 'put', id, key })
}

/** Keeps a value, unless it has a newer one; says so, and has it outlive a crash. */
export function hold(here: Here, key: string, plain: Plain, as: 'own' | 'held'): boolean {
  const { state, context } = here
  const before = state.values.items.get(key)
  const [version, isHeld] = [before?.version, before?.isHeld]
  const isKept = keep(state.values, secretOf(here), key, plain, context.now(), as)
  const after = state.values.items.get(key)!
  if (after.version === version && after.isHeld === isHeld) return isKept // and nothing new
  if (state.phase === 'in') announce(here, key)
  persist(here)
  return isKept
}

function announce({ state, context }: Here, key: string): void {
  const { expiresMs, isHeld } = state.values.items.get(key)!
  const ttlMs = Math.floor(expiresMs - context.now())
  if (isHeld && ttlMs > 0) context.indicate({ type: 'holds', key, ttlMs })
}

const FRIENDS = 8 // whom it remembers through a crash: a few are enough to find the others

export function persist({ state, context }: Here): void {
  const { epoch, items } = state.values
  const friends = everyone(state.table)
    .slice(-FRIENDS)
    .map(({ process }) => process)
  context.store({ epoch, friends, values: items })
}

function handOut(here: Here, lookup: Lookup, purpose: Extract<Purpose, { type: 'put' }>, cost: Cost): void {
  const { state, context, rules } = here
  const { key } = purpose
  const plain = read(state.values, secretOf(here), key, context.now())
  if (plain === null) {
    const why = `'${key}' expired while it was put`
    if (purpose.id !== null) context.indicate({ type: 'fail', id: purpose.id, why })
    return
  }
  const { value, version, replication } = plain
  const holders = result(lookup, replication)
  const others = holders.filter(({ process }) => process !== state.self.process)
  const put = ++state.numbers
  const copies = holders.length - others.length
  if (copies > 0) hold(here, key, plain, 'held')
  state.puts.set(put, { purpose, open: others.length, copies, ...cost })
  const ttlMs = Math.max(1, Math.floor(rules.lifetime(plain.leftMs)))
  for (const { process, nonce, id } of others) {
    const question = { type: 'store', key, value, ttlMs, replication, version } as const
    ask(here, { process, nonce, id }, question, { type: 'put', put })
  }
  conclude(here, put)
}

export function copied(here: Here, put: number, isKept: boolean): void {
  const running = here.state.puts.get(put)!
  running.open--
  if (isKept) running.copies++
  conclude(here, put)
}

function conclude({ state, context }: Here, put: number): void {
  const { open, copies, purpose, hops, asked } = state.puts.get(put)!
  if (open > 0) return
  state.puts.delete(put)
  if (purpose.id === null) return
  context.indicate({ type: 'put', id: purpose.id, key: purpose.key, copies, hops, asked })
}
