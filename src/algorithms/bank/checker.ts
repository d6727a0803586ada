import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Bank } from './bank.ts'

/** The promises of the bank, for processes that begin with `opening` tokens. */
export const bankProperties = (opening: number): Property<Bank>[] => [
  noOverdraft(opening),
  booksKept(opening),
  paidOut,
  crossing,
]

type Balances = Map<ProcessId, number>

const balances = (opening: number) => (places: readonly { self: ProcessId }[]) => ({
  balances: new Map(places.map(({ self }) => [self, opening])) as Balances,
})

const noOverdraft = (opening: number) =>
  property<Bank, { balances: Balances }>({
    name: 'NO OVERDRAFT',
    kind: 'always',
    sees: ['send', 'deliver'],
    initial: balances(opening),
    upon(memory, event) {
      const balance = keepBooks(memory.balances, event)
      if (balance === undefined || balance >= 0) return undefined
      return {
        explanation: `${event.at} has sent ${-balance} more than it ever had`,
        witnesses: [event.position],
      }
    },
  })

const booksKept = (opening: number) =>
  property<Bank, { balances: Balances }>({
    name: 'BOOKS KEPT',
    kind: 'always',
    sees: ['send', 'deliver', 'indicate'],
    initial: balances(opening),
    upon(memory, event) {
      keepBooks(memory.balances, event)
      if (event.kind !== 'indicate') return undefined
      const due = memory.balances.get(event.at)
      if (event.indication.amount === due) return undefined
      const { amount } = event.indication
      const explanation = `${event.at} says it has ${amount}; by what it sent and received it has ${due}`
      return { explanation, witnesses: [event.position] }
    },
  })

const paidOut = property<Bank, { onTheWay: Map<string, { amount: number; sentAt: number }> }>({
  name: 'PAID OUT',
  needs: 'message ids',
  kind: 'eventually',
  sees: ['send', 'deliver'],
  initial: () => ({ onTheWay: new Map() }),
  upon({ onTheWay }, event) {
    if (event.kind === 'send') {
      onTheWay.set(event.messageId, { amount: event.message.amount, sentAt: event.position })
    }
    if (event.kind !== 'deliver' || onTheWay.delete(event.messageId)) return undefined
    const { at, from, messageId, message } = event
    const explanation = `${at} got ${message.amount} from ${from} a second time (${messageId})`
    return { explanation, witnesses: [event.position] }
  },
  atEnd({ onTheWay }) {
    if (onTheWay.size === 0) return undefined
    const sent = [...onTheWay.values()]
    const total = sent.reduce((sum, { amount }) => sum + amount, 0)
    const explanation = `${total} ${total === 1 ? 'token' : 'tokens'} sent and not received`
    return { explanation, witnesses: sent.map(({ sentAt }) => sentAt) }
  },
})

const crossing = property<Bank, { inTransit: Map<string, number>; seen: boolean }>({
  name: 'MONEY CROSSED MONEY',
  kind: 'sometimes',
  sees: ['send', 'duplicate', 'deliver', 'lost'],
  initial: () => ({ inTransit: new Map(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'send' || event.kind === 'duplicate') {
      const channel = `${event.at} ${event.to}`
      memory.inTransit.set(channel, (memory.inTransit.get(channel) ?? 0) + 1)
      if ((memory.inTransit.get(`${event.to} ${event.at}`) ?? 0) > 0) memory.seen = true
    }
    if (event.kind === 'deliver' || event.kind === 'lost') {
      const channel = event.kind === 'deliver' ? `${event.from} ${event.at}` : `${event.at} ${event.to}`
      memory.inTransit.set(channel, (memory.inTransit.get(channel) ?? 0) - 1)
    }
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'no two transfers were ever on their way between the same two', witnesses: [] },
})

type Event = Parameters<Property<Bank>['upon']>[1]

/** The balance that an event leaves, or undefined when it moves no money. */
function keepBooks(balances: Balances, event: Event): number | undefined {
  if (event.kind !== 'send' && event.kind !== 'deliver') return undefined
  const amount = event.kind === 'send' ? -event.message.amount : event.message.amount
  const balance = balances.get(event.at)! + amount
  balances.set(event.at, balance)
  return balance
}
