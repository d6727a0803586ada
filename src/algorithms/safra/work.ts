/**
 * The computation whose end is to be detected: work that makes more work. A
 * process with something to do is active; it takes its time for each item, and
 * then may give items that the dice choose to neighbours that the dice choose.
 * What is given on has one generation less to go, so it ends at last, and
 * nobody can say when.
 */
import type { Algorithm, Signature } from '../../model/process.ts'

export interface Work extends Signature {
  request: { type: 'give'; generations: number } // from outside: what no termination detection withstands
  message: { type: 'item'; generations: number }
  timer: { type: 'done' }
  indication: { type: 'active' } | { type: 'passive' }
  state: { items: number[] } // to do: of each, how many generations may come of it
  stable: never
}

export interface WorkOptions {
  readonly items: number // a process begins with up to so many
  readonly generations: number // that may come of an item
  readonly children: number // items made of one, at most
  readonly workMs: number // the longest that an item takes
}

export const isActive = ({ items }: Work['state']): boolean => items.length > 0

export const work = ({ items, generations, children, workMs }: WorkOptions): Algorithm<Work> => ({
  initial: () => ({ items: [] }),

  upon({ outgoing, random, send, indicate, setTimer }, state) {
    function take(item: number) {
      state.items.push(item)
      if (state.items.length > 1) return
      indicate({ type: 'active' })
      setTimer({ type: 'done' }, 1, workMs)
    }

    return {
      start() {
        for (let i = random.below(items + 1); i > 0; i--) take(generations)
      },
      request: {
        give: (request) => take(request.generations),
      },
      message: {
        item: (message) => take(message.generations),
      },
      timeout: {
        done() {
          const left = state.items.shift()!
          const made = left > 0 ? random.below(children + 1) : 0
          for (let i = 0; i < made; i++) {
            send(random.pick(outgoing), { type: 'item', generations: left - 1 })
          }
          if (isActive(state)) setTimer({ type: 'done' }, 1, workMs)
          else indicate({ type: 'passive' })
        },
      },
    }
  },
})
