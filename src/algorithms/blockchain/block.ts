/**
 * A block, and when it is valid. The hash is SHA-256 over the hash of the block before, as hexadecimal
 * text (nothing for the first), who mined it, each message in order, the time as 8 bytes big-endian,
 * and the nonce; it ends with as many zeros as the difficulty says.
 */
import { sha256 } from '../../lib/sha256.ts'
import type { ProcessId } from '../../model/process.ts'

export interface Block {
  minedBy: ProcessId
  messages: string[]
  nonce: string
  timestamp: number // in seconds
  hash: string
}

export const LIMITS = { messages: 10, message: 20, nonce: 40 }

const encoder = new TextEncoder()

/** Eight bytes, big-endian. */
function bytesOf(timestamp: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(timestamp))
  return new Uint8Array(view.buffer)
}

/** `previous` is the hash of the block before; null for the first. */
export function hashOf(previous: string | null, block: Omit<Block, 'hash'>): string {
  const before = encoder.encode(`${previous ?? ''}${block.minedBy}${block.messages.join('')}`)
  const time = bytesOf(block.timestamp)
  const nonce = encoder.encode(block.nonce)
  const whole = new Uint8Array(before.length + time.length + nonce.length)
  whole.set(before)
  whole.set(time, before.length)
  whole.set(nonce, before.length + time.length)
  return sha256(whole)
}

const isWithin = (text: string, max: number) => text.length >= 1 && text.length <= max

/** What is wrong with a block, whatever it stands on; null if nothing. */
export function flaw({ messages, nonce, hash }: Block, difficulty: number): string | null {
  if (messages.length < 1 || messages.length > LIMITS.messages) return 'it takes 1 to 10 messages'
  if (!messages.every((message) => isWithin(message, LIMITS.message)))
    return 'a message has 1 to 20 characters'
  if (!isWithin(nonce, LIMITS.nonce)) return 'a nonce has 1 to 40 characters'
  return hash.endsWith('0'.repeat(difficulty)) ? null : `the hash does not end with ${difficulty} zeros`
}

/** What is wrong with a block on top of another; null if nothing. */
export function flawOn(previous: string | null, block: Block, difficulty: number): string | null {
  const own = flaw(block, difficulty)
  if (own !== null) return own
  return hashOf(previous, block) === block.hash ? null : 'the hash is that of another block'
}

/** Tries nonces from `first` on, at most so many; null if none will do. */
export function search(
  previous: string | null,
  draft: Omit<Block, 'hash' | 'nonce'>,
  difficulty: number,
  first: number,
  tries: number,
): Block | null {
  const zeros = '0'.repeat(difficulty)
  for (let n = first; n < first + tries; n++) {
    const block = { ...draft, nonce: String(n) }
    const hash = hashOf(previous, block)
    if (hash.endsWith(zeros)) return { ...block, hash }
  }
  return null
}

/** A copy of these fields and no others, always in this order. */
export const blockOf = ({ minedBy, messages, nonce, timestamp, hash }: Block): Block => ({
  minedBy,
  messages: [...messages],
  nonce,
  timestamp,
  hash,
})
