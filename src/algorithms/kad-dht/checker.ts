/** The promises of a service that nobody here has written: from what is asked, said and indicated alone. */
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { KadDht } from './kad-dht.ts'

export const kadDhtProperties = (): Property<KadDht>[] => [ended, found, noInvention, answers, ledOn]

const ended = property<
  KadDht,
  { open: Map<string, { by: ProcessId; at: number }>; done: Map<string, number> }
>({
  name: 'ENDED',
  kind: 'eventually',
  sees: ['request', 'indicate', 'crash'],
  initial: () => ({ open: new Map(), done: new Map() }),
  upon({ open, done }, event) {
    if (event.kind === 'request') open.set(event.request.id, { by: event.at, at: event.position })
    if (event.kind === 'crash') for (const [id, { by }] of open) if (by === event.at) open.delete(id)
    if (event.kind !== 'indicate' || !('id' in event.indication)) return undefined
    const { id } = event.indication
    const first = done.get(id)
    done.set(id, event.position)
    open.delete(id)
    if (first === undefined) return undefined
    return { explanation: `${event.at} answered ${id} twice`, witnesses: [first, event.position] }
  },
  atEnd({ open }) {
    if (open.size === 0) return undefined
    const left = [...open].map(([id, { by }]) => `${id} of ${by}`)
    const witnesses = [...open.values()].map(({ at }) => at)
    return { explanation: `never answered: ${left.join(', ')}`, witnesses }
  },
})

interface Held {
  readonly by: Map<string, ProcessId> // of each key: who confirmed it first
  readonly put: Set<string> // keys of which a put has ended
  readonly asked: Map<string, ProcessId> // of each get of such a key: who holds it
  isTroubled: boolean
}

/**
 * In trouble it is a matter of luck: tables are not mended before they are used, and nobody stores a
 * value again. How often it still succeeds is measured, not promised.
 */
const found = property<KadDht, Held>({
  name: 'FOUND',
  kind: 'always',
  sees: ['request', 'send', 'indicate', 'crash', 'lost'],
  initial: () => ({ by: new Map(), put: new Set(), asked: new Map(), isTroubled: false }),
  upon(memory, event) {
    const { by, put, asked } = memory
    if (event.kind === 'crash' || event.kind === 'lost') memory.isTroubled = true
    if (event.kind === 'send' && event.message.type === 'PUT_VALUE_REPLY') {
      const key = event.message.key ?? ''
      if (!by.has(key)) by.set(key, event.at)
    }
    if (event.kind === 'request' && event.request.type === 'get') {
      const { id, key } = event.request
      if (put.has(key) && by.has(key)) asked.set(id, by.get(key)!)
    }
    if (event.kind !== 'indicate' || memory.isTroubled) return undefined
    const { indication, at, position } = event
    if (indication.type === 'put') put.add(indication.key)
    if (indication.type !== 'got' || indication.value !== null) return undefined
    const holder = asked.get(indication.id)
    if (holder === undefined) return undefined
    const explanation = `${at} found nothing under ${indication.key}, which ${holder} held all the time`
    return { explanation, witnesses: [position] }
  },
})

const noInvention = property<KadDht, Map<string, Set<string>>>({
  name: 'NO INVENTION',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => new Map(),
  upon(puts, event) {
    if (event.kind === 'request' && event.request.type === 'put') {
      const { key, value } = event.request
      puts.set(key, (puts.get(key) ?? new Set()).add(value))
    }
    if (event.kind !== 'indicate' || event.indication.type !== 'got') return undefined
    const { key, value } = event.indication
    if (value === null || puts.get(key)?.has(value)) return undefined
    const explanation = `${event.at} got '${value}' under ${key}, and nobody had put it there`
    return { explanation, witnesses: [event.position] }
  },
})

/** By the pair and the type of an RPC: how many questions have come and are not answered. */
const answers = property<KadDht, Map<string, number>>({
  name: 'ANSWERS',
  kind: 'always',
  sees: ['send', 'deliver'],
  initial: () => new Map(),
  upon(open, event) {
    if (event.kind !== 'send' && event.kind !== 'deliver') return undefined
    const { type } = event.message
    const isReply = type.endsWith('_REPLY')
    if (isReply === (event.kind === 'deliver')) return undefined // a question's coming, an answer's sending
    const other = event.kind === 'send' ? event.to : event.from
    const words = `${event.at} ${other} ${type.replace(/_REPLY$/, '')}`
    const left = (open.get(words) ?? 0) + (isReply ? -1 : 1)
    if (left > 0) open.set(words, left)
    else open.delete(words)
    if (left >= 0) return undefined
    const explanation = `${event.at} sent ${other} ${type}, and was not asked for it`
    return { explanation, witnesses: [event.position] }
  },
})

/** Somebody was asked of whom the one who asks had not known before another told of it. */
const ledOn = property<KadDht, { seen: boolean }>({
  name: 'AN ANSWER LED ON',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind === 'indicate' && 'hops' in event.indication) memory.seen ||= event.indication.hops > 1
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'everybody knew at once whom to ask', witnesses: [] },
})
