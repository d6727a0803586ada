/**
 * The promises of broadcast. C. Cachin, R. Guerraoui and L. Rodrigues,
 * "Introduction to Reliable and Secure Distributed Programming", 2nd ed., 2011,
 * modules 3.1 (best-effort), 3.2 (regular) and 3.3 (uniform reliable broadcast).
 * A process is correct if it does not crash in the run.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Property, property } from '../model/property.ts'

export interface Broadcasting<S extends Signature> {
  readonly broadcasts: (event: HistoryEvent<S>) => string | null // the name of the message
  readonly delivers: (event: HistoryEvent<S>) => string | null
}

/** No message is delivered more than once. */
export const noDuplication = <S extends Signature>({ delivers }: Broadcasting<S>, name = 'NO DUPLICATION') =>
  property<S, Map<ProcessId, Map<string, number>>>({
    name,
    kind: 'always',
    sees: ['indicate', 'crash'],
    initial: (places) => new Map(places.map(({ self }) => [self, new Map()])),
    upon(delivered, event) {
      if (event.kind === 'crash') delivered.get(event.at)!.clear() // it need not remember
      const message = delivers(event)
      if (message === null) return undefined
      const own = delivered.get(event.at)!
      const first = own.get(message)
      own.set(message, first ?? event.position)
      if (first === undefined) return undefined
      return { explanation: `${event.at} delivered ${message} twice`, witnesses: [first, event.position] }
    },
  })

/** What is delivered was broadcast. */
export const noCreation = <S extends Signature>(
  { broadcasts, delivers }: Broadcasting<S>,
  name = 'NO CREATION',
) =>
  property<S, Set<string>>({
    name,
    kind: 'always',
    sees: ['request', 'indicate'],
    initial: () => new Set(),
    upon(known, event) {
      const sent = broadcasts(event)
      if (sent !== null) known.add(sent)
      const message = delivers(event)
      if (message === null || known.has(message)) return undefined
      const explanation = `${event.at} delivered ${message}, which nobody had broadcast`
      return { explanation, witnesses: [event.position] }
    },
  })

interface Reach {
  readonly all: readonly ProcessId[]
  readonly by: Map<string, { readonly from: ProcessId; readonly position: number }>
  readonly delivered: Map<string, Map<ProcessId, number>>
  readonly crashed: Set<ProcessId>
}

/** Whose deliveries bind the others: who broadcast it, any correct process, or any process at all. */
type Binding = 'validity' | 'agreement' | 'uniform agreement'

const reaching = <S extends Signature>(
  { broadcasts, delivers }: Broadcasting<S>,
  name: string,
  binding: Binding,
): Property<S> =>
  property<S, Reach>({
    name,
    kind: 'eventually',
    sees: ['request', 'indicate', 'crash'],
    initial: (places) => ({
      all: places.map(({ self }) => self),
      by: new Map(),
      delivered: new Map(),
      crashed: new Set(),
    }),
    upon({ by, delivered, crashed }, event) {
      if (event.kind === 'crash') crashed.add(event.at)
      const sent = broadcasts(event)
      if (sent !== null && !by.has(sent)) by.set(sent, { from: event.at, position: event.position })
      const message = delivers(event)
      if (message === null) return undefined
      const those = delivered.get(message) ?? new Map()
      delivered.set(message, those.set(event.at, those.get(event.at) ?? event.position))
      return undefined
    },
    atEnd({ all, by, delivered, crashed }) {
      for (const [message, { from, position }] of by) {
        const those = delivered.get(message) ?? new Map<ProcessId, number>()
        const binders = [...those].filter(([who]) => binding === 'uniform agreement' || !crashed.has(who))
        const isBound = binding === 'validity' ? !crashed.has(from) : binders.length > 0
        const without = all.filter((process) => !crashed.has(process) && !those.has(process))
        if (!isBound || without.length === 0) continue
        const because = binding === 'validity' ? `${from} broadcast it` : `${binders[0]![0]} did`
        const explanation = `${without.join(', ')} never delivered ${message}, though ${because}`
        const witness = binding === 'validity' ? position : binders[0]![1]
        return { explanation, witnesses: [witness] }
      }
      return undefined
    },
  })

/** What a correct process broadcasts, every correct process delivers (BEB1). */
export const validity = <S extends Signature>(of: Broadcasting<S>, name = 'VALIDITY') =>
  reaching(of, name, 'validity')

/** What one correct process delivers, every correct process delivers (RB4). */
export const agreement = <S extends Signature>(of: Broadcasting<S>, name = 'AGREEMENT') =>
  reaching(of, name, 'agreement')

/** What any process delivers, even one that crashes, every correct process delivers (URB4). */
export const uniformAgreement = <S extends Signature>(of: Broadcasting<S>, name = 'UNIFORM AGREEMENT') =>
  reaching(of, name, 'uniform agreement')
