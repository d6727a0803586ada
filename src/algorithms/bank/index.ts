import type { CatalogueEntry } from '../../model/catalogue.ts'
import { natural, positive, processId } from '../../model/shape.ts'
import { type Bank, type BankOptions, bank } from './bank.ts'
import { bankProperties } from './checker.ts'

export const entry: CatalogueEntry<Bank, BankOptions> = {
  name: 'bank',
  summary: 'processes hold tokens and keep sending them about: the computation that snapshots are taken of',
  options: {
    opening: { shape: natural, default: 100, help: 'tokens a process begins with' },
    spendings: { shape: natural, default: 20, help: 'tokens each process sends of its own accord' },
    everyMs: { shape: positive, default: 10, help: 'mean time between two of them' },
  },
  make: bank,
  assumes: { fifo: false, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: {
    default: 'complete',
    fits: (places) => (places.length >= 2 ? null : 'money needs somewhere to go; use --peers 2 or more'),
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { transfer: { to: processId, amount: positive } },
    message: { money: { amount: positive } },
    timer: { spend: {} },
  },
  faults: 'latency 2-12ms',
  workload: () => [],
  properties: ({ opening }) => bankProperties(opening),
  conserves: ({ opening }) => ({
    name: 'tokens',
    inState: ({ balance }) => balance,
    inMessage: ({ amount }) => amount,
    inAll: (processes) => opening * processes,
  }),
  ends: 'quiescent',
  // Each process may once send a token to anybody, as long as it has one.
  smallScope: {
    peers: 3,
    options: { opening: 1, spendings: 0 },
    inputs: (places) =>
      places.map(({ self, outgoing }) => ({
        at: self,
        times: 1,
        requests: ({ balance }) =>
          balance === 0 ? [] : outgoing.map((to) => ({ type: 'transfer' as const, to, amount: 1 })),
      })),
  },
}
