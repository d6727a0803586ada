/** What a history says, as the cases of the contract ask it. */
import { expect } from 'vitest'
import { channelAssumptions } from '../../src/checkers/channels.ts'
import { Monitors } from '../../src/harness/monitors.ts'
import type { HistoryEvent } from '../../src/model/history.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import type { Ran } from './arms.ts'
import type { Little } from './little.ts'

type Event = HistoryEvent<Little>
export type Of<Kind extends Event['kind'], E = Event> = E extends { kind: infer K }
  ? Kind extends K
    ? E
    : never
  : never

/** The events of a kind, at one process or at all. */
export function of<Kind extends Event['kind']>({ history }: Pick<Ran, 'history'>, kind: Kind, at?: string) {
  return history.filter(
    (event) => event.kind === kind && (at === undefined || event.at === at),
  ) as unknown as Of<Kind>[]
}

/** What processes announced, in order. */
export const announced = (ran: Pick<Ran, 'history'>, at?: string): unknown[] =>
  of(ran, 'indicate', at).map(({ indication }) => indication.what)

export interface Balance {
  sent: number // with the copies that faults made
  delivered: number
  lost: number
}

/** Each copy of a message is delivered, lost or in transit, exactly one of them. */
export function balance(ran: Pick<Ran, 'history'>): Balance & { inTransit: number } {
  const copies = new Map<string, number>()
  const count = (id: string, by: number) => copies.set(id, (copies.get(id) ?? 0) + by)
  const total: Balance = { sent: 0, delivered: 0, lost: 0 }
  for (const event of ran.history) {
    if (event.kind === 'send' || event.kind === 'duplicate') {
      total.sent++
      count(event.messageId, 1)
    } else if (event.kind === 'deliver' || event.kind === 'lost') {
      total[event.kind === 'lost' ? 'lost' : 'delivered']++
      count(event.messageId, -1)
      expect(copies.get(event.messageId), `copies left of ${event.messageId}`).toBeGreaterThanOrEqual(0)
    }
  }
  return { ...total, inTransit: [...copies.values()].reduce((sum, left) => sum + left, 0) }
}

/** A run that came to rest: everything sent is accounted for, and channels did what they promise. */
export function sound(
  ran: Ran,
  assumed: { fifo?: boolean; reliable?: boolean; noDuplicates?: boolean } = {},
): void {
  expect(ran.error).toBe(null)
  expect(ran.ended?.how).toBe('quiescent')
  expect(balance(ran).inTransit, 'in transit at rest').toBe(0)
  expect(channelFindings(ran, assumed)).toEqual([])
}

/** What channels did that they promise not to do. */
export function channelFindings(
  { history }: Pick<Ran, 'history'>,
  { fifo = true, reliable = true, noDuplicates = true }: Parameters<typeof sound>[1] = {},
): string[] {
  const ids = [...new Set(history.map(({ at }) => at))]
  const { places } = buildTopology('complete', Math.max(1, ids.length), 0)
  const assumes = { fifo, reliable, noDuplicates, crashes: 'recover', synchrony: 'asynchronous' } as const
  const monitors = new Monitors(channelAssumptions(assumes), places)
  for (const event of history) monitors.upon(event)
  return monitors.judge('cut short').flatMap(({ verdict, findings }) => {
    return verdict === 'violated' ? findings.map(({ explanation }) => explanation) : []
  })
}

/** What the history says of faults that no other event shows. */
export const told = (ran: Pick<Ran, 'history'>, at?: string) => of(ran, 'fault', at).map(({ what }) => what)

export const sentWithin = (
  ran: Pick<Ran, 'history'>,
  from: string,
  to: string,
  fromMs: number,
  toMs: number,
) =>
  of(ran, 'send', from).filter(
    (send) => send.to === to && send.timeNs >= fromMs * 1e6 && send.timeNs < toMs * 1e6,
  )

/** Those sent between two events of the history. */
export const sentBetween = (
  ran: Pick<Ran, 'history'>,
  from: string,
  to: string,
  first: number,
  last: number,
) => of(ran, 'send', from).filter((send) => send.to === to && send.position > first && send.position < last)

/** When what was lost had been sent, in ms: the time that fault rules go by. */
export const lostSentMs = (ran: Pick<Ran, 'history'>): number[] => {
  const lost = new Set(of(ran, 'lost').map(({ messageId }) => messageId))
  return of(ran, 'send').flatMap(({ messageId, timeNs }) => (lost.has(messageId) ? [timeNs / 1e6] : []))
}

export const deliveryOf = (ran: Pick<Ran, 'history'>, messageId: string) =>
  of(ran, 'deliver').find((delivery) => delivery.messageId === messageId)
