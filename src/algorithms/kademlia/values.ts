/**
 * The values a process holds, sealed as long as they lie there: in its state
 * and in what it stores for after a crash. Times are those of its own clock.
 */
import { open, seal } from '../../lib/cipher.ts'

export interface Item {
  sealed: string
  version: number // of two values of one key the later stays
  expiresMs: number
  replication: number
  isOwn: boolean // put by this process, which publishes it again
  isHeld: boolean // as one of those nearest to its key
  toldMs: number // when it was last told to hold it
}

export interface Values {
  epoch: number // lives of this process before this one
  count: number // values sealed in this life
  items: Map<string, Item>
}

export interface Plain {
  readonly value: string
  readonly version: number
  readonly leftMs: number
  readonly replication: number
}

export const noValues = (): Values => ({ epoch: 0, count: 0, items: new Map() })

/** What there is under a key and has not expired. */
export function read(values: Values, secret: string, key: string, nowMs: number): Plain | null {
  const item = values.items.get(key)
  if (item === undefined || item.expiresMs <= nowMs) return null
  const value = open(secret, item.sealed, key)
  if (value === null) return null
  return { value, version: item.version, leftMs: item.expiresMs - nowMs, replication: item.replication }
}

/**
 * Keeps it, unless what there is is newer; whether it has it now. The same once more does not change
 * how long it lives: what copies tell each other must not outlive what its publisher said.
 */
export function keep(
  values: Values,
  secret: string,
  key: string,
  plain: Plain,
  nowMs: number,
  as: 'own' | 'held',
): boolean {
  const before = read(values, secret, key, nowMs)
  if (before === null || isNewer(plain, before)) {
    const nonce = { epoch: values.epoch, count: values.count++ }
    values.items.set(key, {
      sealed: seal(secret, nonce, plain.value, key),
      version: plain.version,
      expiresMs: nowMs + plain.leftMs,
      replication: plain.replication,
      isOwn: false,
      isHeld: values.items.get(key)?.isHeld ?? false, // an older one
      toldMs: nowMs,
    })
  } else if (isNewer(before, plain)) return false
  const item = values.items.get(key)!
  if (as === 'own') item.isOwn = true
  else item.isHeld = true
  item.toldMs = nowMs
  return true
}

const isNewer = (a: Plain, b: Plain) =>
  a.version > b.version || (a.version === b.version && a.value > b.value)

export function forgetExpired({ items }: Values, nowMs: number): void {
  for (const [key, { expiresMs }] of items) if (expiresMs <= nowMs) items.delete(key)
}

/** In the order of the keys: that of a `Map` is no part of a state. */
export const inOrder = ({ items }: Values): [string, Item][] =>
  [...items].sort(([a], [b]) => (a < b ? -1 : 1))
