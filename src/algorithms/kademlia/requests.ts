/** What can be asked of a process, and the sentence for what cannot. */
import type { Choices, Kademlia } from './vocabulary.ts'
import { isId } from './xor-metric.ts'

export const KEY_MAX = 64
export const VALUE_MAX = 1024
export const TTL_MAX_MS = 86_400_000 // a day: what is to live longer has to be put again (§2.5)

export function complaint(request: Kademlia['request'], { k }: Choices): string | null {
  if (request.type === 'find') {
    return isId(request.target) ? null : 'target is no number: 64 hexadecimal digits, in lower case'
  }
  const wrong = keyComplaint(request.key)
  if (wrong !== null || request.type === 'get') return wrong
  const { value, ttlMs, replication } = request
  if (value.length > VALUE_MAX)
    return `the value has ${value.length} characters, at most ${VALUE_MAX} can be put`
  if (ttlMs < 1 || ttlMs > TTL_MAX_MS) return `ttlMs is ${ttlMs}: it lives from 1 to ${TTL_MAX_MS} ms`
  if (replication < 1 || replication > k) return `replication is ${replication}: from 1 to k = ${k} copies`
  return null
}

export function keyComplaint(key: string): string | null {
  if (key.length < 1 || key.length > KEY_MAX) return `a key has 1 to ${KEY_MAX} characters, not ${key.length}`
  return /^[\x21-\x7e]+$/.test(key) ? null : 'a key has printable ASCII characters only, and no spaces'
}
