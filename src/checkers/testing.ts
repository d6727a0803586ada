/** Histories written by hand and runs of properties over them, for tests. */
import type { Happening, HistoryEvent } from '../model/history.ts'
import type { Place, ProcessId } from '../model/process.ts'
import type { Finding, Property } from '../model/property.ts'

type Deed = Happening<any> & { readonly at: ProcessId }

export const happen = (at: ProcessId, happening: Happening<any>): Deed => ({ ...happening, at })

export const send = (at: ProcessId, to: ProcessId, messageId: string, type = 'basic'): Deed =>
  happen(at, { kind: 'send', to, messageId, message: { type } })

export const deliver = (at: ProcessId, from: ProcessId, messageId: string, type = 'basic'): Deed =>
  happen(at, { kind: 'deliver', from, messageId, message: { type } })

export const lose = (at: ProcessId, to: ProcessId, messageId: string): Deed =>
  happen(at, { kind: 'lost', to, messageId, message: { type: 'basic' }, cause: 'loss' })

export const duplicate = (at: ProcessId, to: ProcessId, messageId: string): Deed =>
  happen(at, { kind: 'duplicate', to, messageId, message: { type: 'basic' } })

/** Deeds in the order given, stamped. Clocks stand still: no property here reads them. */
export const history = (deeds: readonly Deed[]): HistoryEvent<any>[] =>
  deeds.map((deed, position) => ({ ...deed, position, seq: 0, lamport: 0, timeNs: 0, localNs: 0 }))

/** What a property finds in a history: all that `upon` says, then what `atEnd` says. */
export function findings(
  property: Property<any>,
  deeds: readonly Deed[],
  ids: readonly ProcessId[],
): Finding[] {
  const places: Place[] = ids.map((self) => ({ self, incoming: [], outgoing: [] }))
  const memory = property.initial(places)
  const tags = new Map<string, unknown>()
  const copies = new Map<string, number>() // a tag rides as long as its message is in transit
  const all: (Finding | undefined)[] = []
  for (const event of history(deeds)) {
    const rides = event.kind === 'deliver' || event.kind === 'lost' || event.kind === 'duplicate'
    all.push(property.upon(memory, event, rides ? tags.get(event.messageId) : undefined))
    if (event.kind === 'send') tags.set(event.messageId, property.tag?.(memory, event))
    if (event.kind !== 'send' && !rides) continue
    const left =
      (copies.get(event.messageId) ?? 0) + (event.kind === 'send' || event.kind === 'duplicate' ? 1 : -1)
    copies.set(event.messageId, left)
    if (left <= 0) tags.delete(event.messageId)
  }
  all.push(property.atEnd?.(memory))
  return all.filter((finding) => finding !== undefined)
}
