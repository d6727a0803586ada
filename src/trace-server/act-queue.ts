/** Acts on a run that another thread runs: asked there by number, and answered by it. */
import type { ActAnswer, ActForms } from '../trace-format/acts.ts'
import type { ActingPort } from './acts.ts'

export class ActQueue implements ActingPort {
  readonly token: string
  readonly #ask: (number: number, act: unknown) => void
  readonly #waiting = new Map<number, (answer: ActAnswer) => void>()
  #open: { readonly id: string; readonly forms: ActForms } | null = null
  #asked = 0

  constructor(token: string, ask: (number: number, act: unknown) => void) {
    this.token = token
    this.#ask = ask
  }

  readonly forms = (id: string): ActForms | null => (this.#open?.id === id ? this.#open.forms : null)

  readonly act = (_id: string, act: unknown): Promise<ActAnswer> => {
    const number = this.#asked++
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#ask(number, act)
    })
  }

  opened(id: string, forms: ActForms): void {
    this.#open = { id, forms }
  }

  closed(): void {
    this.#open = null
  }

  answered(number: number, answer: ActAnswer): void {
    this.#waiting.get(number)?.(answer)
    this.#waiting.delete(number)
  }
}
