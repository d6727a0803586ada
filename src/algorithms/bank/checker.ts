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
    initial: balances(opening),
    upon(memory, event) {
      keepBooks(memory.balances, event)
      if (event.kind !== 'indicate') return undefined
      const due = memory.balances.get(event.at)
      if (event.indication.amount === due) return undefined
      const explanation = `${event.at} says it has ${event.indication.amount}; by what it sent and received it has ${due}`
      return { explanation, witnesses: [event.position] }
    },
  })

const paidOut = property<Bank, { onTheWay: number }>({
  name: 'PAID OUT',
  kind: 'eventually',
  initial: () => ({ onTheWay: 0 }),
  upon(memory, event) {
    if (event.kind === 'send') memory.onTheWay += event.message.amount
    if (event.kind === 'deliver') memory.onTheWay -= event.message.amount
    return undefined
  },
  atEnd: ({ onTheWay }) =>
    onTheWay === 0 ? undefined : { explanation: `${onTheWay} tokens sent and not received`, witnesses: [] },
})

const crossing = property<Bank, { inTransit: Map<string, number>; seen: boolean }>({
  name: 'MONEY CROSSED MONEY',
  kind: 'sometimes',
  initial: () => ({ inTransit: new Map(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'send') {
      const channel = `${event.at} ${event.to}`
      memory.inTransit.set(channel, (memory.inTransit.get(channel) ?? 0) + 1)
      if ((memory.inTransit.get(`${event.to} ${event.at}`) ?? 0) > 0) memory.seen = true
    }
    if (event.kind === 'deliver') {
      const channel = `${event.from} ${event.at}`
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
