/** The promises of Kademlia about values: found while somebody near holds them, put before, not too old. */
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import { keyId } from './operations.ts'
import type { Choices, Kademlia } from './vocabulary.ts'
import { calmMs, nearest, newWorld, SEEN, type World, watch } from './world.ts'

export const valueProperties = (choices: Choices): Property<Kademlia>[] => [
  found(choices),
  noInvention,
  expiry(choices),
  fromOthers,
]

interface Held {
  readonly world: World
  readonly holders: Map<string, Map<ProcessId, { sinceNs: number; untilNs: number }>> // by key
  readonly asked: Map<string, { atNs: number; near: ProcessId[] }>
}

/**
 * Whoever holds a value from before it was asked for until the answer, and is all the time one of the
 * k nearest to its key, is found. Not if somebody who is up was taken for dead: then timing was not kept.
 */
const found = (choices: Choices) =>
  property<Kademlia, Held>({
    name: 'FOUND',
    kind: 'always',
    sees: ['request', ...SEEN],
    initial: () => ({ world: newWorld(), holders: new Map(), asked: new Map() }),
    upon({ world, holders, asked }, event) {
      watch(world, event, choices.answerMs)
      const { at, timeNs } = event
      if (event.kind === 'crash') for (const of of holders.values()) of.delete(at)
      if (event.kind === 'request' && event.request.type === 'get') {
        const { id, key } = event.request
        asked.set(id, { atNs: timeNs, near: nearest(world, keyId(key), choices.k) })
      }
      if (event.kind !== 'indicate') return undefined
      const { indication } = event
      if (indication.type === 'holds') {
        const of = holders.get(indication.key) ?? new Map()
        const sinceNs = Math.min(of.get(at)?.sinceNs ?? timeNs, timeNs)
        holders.set(indication.key, of.set(at, { sinceNs, untilNs: timeNs + 1e6 * indication.ttlMs }))
      }
      if (indication.type !== 'got' || indication.value !== null) return undefined
      const { id, key } = indication
      const { atNs, near } = asked.get(id)!
      if (world.mistakeNs >= atNs - 1e6 * calmMs(choices)) return undefined
      const still = nearest(world, keyId(key), choices.k)
      const holder = [...(holders.get(key) ?? [])].find(
        ([process, { sinceNs, untilNs }]) =>
          sinceNs <= atNs && untilNs > timeNs && near.includes(process) && still.includes(process),
      )
      if (holder === undefined) return undefined
      const explanation = `${at} found nothing under ${key}, which ${holder[0]} held all the time`
      return { explanation, witnesses: [event.position] }
    },
  })

interface Put {
  readonly by: ProcessId
  readonly value: string
  readonly ttlMs: number
  sinceNs: number
}

function notePut(puts: Map<string, Put[]>, event: HistoryEvent<Kademlia>): void {
  if (event.kind === 'request' && event.request.type === 'put') {
    const { key, value, ttlMs } = event.request
    puts.set(key, [...(puts.get(key) ?? []), { by: event.at, value, ttlMs, sinceNs: event.timeNs }])
  }
  if (event.kind !== 'indicate' || event.indication.type !== 'joined') return
  for (const put of [...puts.values()].flat()) {
    if (put.by === event.at) put.sinceNs = event.timeNs // it waited
  }
}

const noInvention = property<Kademlia, Map<string, Put[]>>({
  name: 'NO INVENTION',
  kind: 'always',
  sees: ['request', 'indicate'],
  initial: () => new Map(),
  upon(puts, event) {
    notePut(puts, event)
    if (event.kind !== 'indicate' || event.indication.type !== 'got') return undefined
    const { key, value } = event.indication
    if (value === null || puts.get(key)?.some((put) => put.value === value)) return undefined
    const explanation = `${event.at} got '${value}' under ${key}, and nobody had put it there`
    return { explanation, witnesses: [event.position] }
  },
})

interface Ages {
  readonly puts: Map<string, Put[]>
  slowestNs: number // of the messages so far
  isSkewed: boolean // clocks were put on: nothing can be said of times
}

/** Who is told that a value has so long to live takes it to begin now, and that is a message later. */
const HANDED_ON = 8

const expiry = ({ replicateMs }: Choices) =>
  property<Kademlia, Ages, number>({
    name: 'EXPIRY',
    kind: 'always',
    sees: ['request', 'send', 'deliver', 'indicate', 'fault'],
    initial: () => ({ puts: new Map(), slowestNs: 0, isSkewed: false }),
    tag: (_, { timeNs }) => timeNs,
    upon(memory, event, sentNs) {
      const { puts } = memory
      notePut(puts, event)
      if (event.kind === 'deliver')
        memory.slowestNs = Math.max(memory.slowestNs, event.timeNs - (sentNs ?? event.timeNs))
      if (event.kind === 'fault') memory.isSkewed = true
      if (event.kind !== 'indicate' || event.indication.type !== 'got' || memory.isSkewed) return undefined
      const { key, value } = event.indication
      const put = puts.get(key)?.findLast((one) => one.value === value)
      if (put === undefined) return undefined
      const lateNs = event.timeNs - put.sinceNs - 1e6 * put.ttlMs
      const rounds = HANDED_ON + put.ttlMs / replicateMs
      if (lateNs <= rounds * memory.slowestNs + 1e6) return undefined
      const explanation = `${event.at} got ${key}, ${(lateNs / 1e6).toFixed(1)} ms after its time was over`
      return { explanation, witnesses: [event.position] }
    },
  })

const fromOthers = property<Kademlia, { seen: boolean }>({
  name: 'A VALUE CAME FROM ANOTHER',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'got') return undefined
    memory.seen ||= event.indication.value !== null && event.indication.hops > 0
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'nobody got what it did not have itself', witnesses: [] },
})
