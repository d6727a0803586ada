/**
 * Money that moves: each process holds some, and every now and then sends one
 * token of it to a neighbour. The computation on which snapshots are taught,
 * as what each process holds changes all the time and the total never does.
 *
 *   The token-passing system of K. M. Chandy and L. Lamport, "Distributed
 *   Snapshots", ACM TOCS 3(1), 1985, §2, with more tokens and more processes.
 *
 * Assumes   reliable channels without duplicates; no crashes.
 * Promises  NO OVERDRAFT  nobody sends what it has not;
 *           BOOKS KEPT    a balance is what was there at first, less all sent, plus all received;
 *           PAID OUT      all money that was sent is received, once.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Bank extends Signature {
  request: { type: 'transfer'; to: ProcessId; amount: number }
  message: { type: 'money'; amount: number }
  timer: { type: 'spend' }
  indication: { type: 'balance'; amount: number }
  state: { balance: number; spendings: number }
  stable: never
}

export interface BankOptions {
  readonly opening: number // tokens a process begins with
  readonly spendings: number // tokens it sends of its own accord, one at a time
  readonly everyMs: number // the mean time between two of them
}

export const bank = ({ opening, spendings, everyMs }: BankOptions): Algorithm<Bank> => ({
  initial: () => ({ balance: opening, spendings }),

  upon({ outgoing, random, send, indicate, setTimer }, state) {
    function transfer(to: ProcessId, amount: number) {
      if (amount > state.balance) return // not covered
      state.balance -= amount
      send(to, { type: 'money', amount })
      indicate({ type: 'balance', amount: state.balance })
    }
    function wait() {
      if (state.spendings > 0 && outgoing.length > 0) setTimer({ type: 'spend' }, 0, 2 * everyMs)
    }

    return {
      start: wait,
      request: {
        transfer({ to, amount }) {
          if (outgoing.includes(to)) transfer(to, amount)
        },
      },
      message: {
        money({ amount }) {
          state.balance += amount
        },
      },
      timeout: {
        spend() {
          state.spendings--
          transfer(random.pick(outgoing), 1)
          wait()
        },
      },
    }
  },
})
