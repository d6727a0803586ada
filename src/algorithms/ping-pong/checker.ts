import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { PingPong } from './ping-pong.ts'

/** The three promises of ping-pong, and one thing a run should show. */
export const pingPongProperties = (): Property<PingPong>[] => [answered, oneAnswer, noUnaskedPong, aPongCame]

const answered = property<PingPong, { asked: Map<string, { at: number[]; answers: number }> }>({
  name: 'ANSWERED',
  kind: 'eventually',
  sees: ['request', 'indicate'],
  initial: () => ({ asked: new Map() }),
  upon({ asked }, event) {
    if (event.kind !== 'request' && event.kind !== 'indicate') return undefined
    const { target } = event.kind === 'request' ? event.request : event.indication
    const pings = asked.get(`${event.at} ${target}`) ?? { at: [], answers: 0 }
    asked.set(`${event.at} ${target}`, pings)
    if (event.kind === 'request') pings.at.push(event.position)
    else pings.answers++
    return undefined
  },
  atEnd({ asked }) {
    for (const [pair, { at, answers }] of asked) {
      if (answers >= at.length) continue
      const [process, target] = pair.split(' ')
      const explanation = `${process} was to ping ${target} ${at.length} times; answered: ${answers}`
      return { explanation, witnesses: at }
    }
    return undefined
  },
})

const oneAnswer = property<PingPong, { announced: Map<ProcessId, Map<number, number>> }>({
  name: 'ONE ANSWER',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ announced: new Map() }),
  upon({ announced }, event) {
    if (event.kind !== 'indicate') return undefined
    const { id } = event.indication
    const first = announced.get(event.at)?.get(id)
    announced.set(event.at, (announced.get(event.at) ?? new Map()).set(id, first ?? event.position))
    if (first === undefined) return undefined
    return {
      explanation: `${event.at} announced ping ${id} answered twice`,
      witnesses: [first, event.position],
    }
  },
})

const noUnaskedPong = property<PingPong, { owed: Map<string, number> }>({
  name: 'NO UNASKED PONG',
  kind: 'always',
  sees: ['deliver', 'send'],
  initial: () => ({ owed: new Map() }),
  upon({ owed }, event) {
    if (event.kind === 'deliver' && event.message.type === 'ping') {
      count(owed, `${event.at} ${event.from} ${event.message.id}`)
    }
    if (event.kind !== 'send' || event.message.type !== 'pong') return undefined
    const debt = `${event.at} ${event.to} ${event.message.id}`
    const pings = owed.get(debt) ?? 0
    if (pings > 1) owed.set(debt, pings - 1)
    else owed.delete(debt)
    if (pings > 0) return undefined
    const explanation = `${event.at} sent pong ${event.message.id} to ${event.to}, which had not asked`
    return { explanation, witnesses: [event.position] }
  },
})

const aPongCame = property<PingPong, { pongs: number }>({
  name: 'A PONG CAME',
  kind: 'sometimes',
  sees: ['deliver'],
  initial: () => ({ pongs: 0 }),
  upon(memory, event) {
    if (event.kind === 'deliver' && event.message.type === 'pong') memory.pongs++
    return undefined
  },
  atEnd: ({ pongs }) =>
    pongs > 0 ? undefined : { explanation: 'no pong was ever delivered', witnesses: [] },
})

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
