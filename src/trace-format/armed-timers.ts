/** Which timers are armed: where each was set that goes off, at last if more than once. */
import { KIND } from './events.ts'

interface Armed {
  readonly timer: string
  readonly setAt: number
}

export class ArmedTimers {
  readonly #armed: Armed[][] = [] // by process; few at a time, so that looking through them is quick
  #lastSet = ''
  #lastTimer = ''

  /** Takes the next event; of a timeout it returns where its timer was set, or -1. */
  take(position: number, process: number, code: number, text: string): number {
    if (code === KIND.setTimer) this.#set(process, text, position)
    else if (code === KIND.cancelTimer) this.#gone(process, text)
    else if (code === KIND.crash) this.#armed[process] = []
    else if (code === KIND.timeout) return this.#gone(process, text)
    return -1
  }

  #set(process: number, text: string, setAt: number): void {
    if (text !== this.#lastSet) {
      this.#lastSet = text
      this.#lastTimer = timerOf(text)
    }
    const timer = this.#lastTimer
    this.#gone(process, timer)
    const armed = this.#armed[process]
    if (armed === undefined) this.#armed[process] = [{ timer, setAt }]
    else armed.push({ timer, setAt })
  }

  #gone(process: number, timer: string): number {
    const armed = this.#armed[process]
    if (armed === undefined) return -1
    for (let k = 0; k < armed.length; k++) {
      if (armed[k]!.timer !== timer) continue
      const { setAt } = armed[k]!
      armed[k] = armed.at(-1)!
      armed.pop()
      return setAt
    }
    return -1
  }
}

/** Of `[timer,minMs,maxMs]` the text of the timer: the two numbers hold no comma. */
const timerOf = (text: string) => text.slice(1, text.lastIndexOf(',', text.lastIndexOf(',') - 1))
