/** The links that somebody has cut while the run went on: what is sent on them is lost. */

import type { PlannedEvent } from '../model/fault.ts'
import { type Act, actText } from './acting.ts'

type Severing = Extract<Act, { kind: 'cut' | 'heal' }>

export class CutByHand {
  readonly #arcs = new Set<string>()

  get any(): boolean {
    return this.#arcs.size > 0
  }

  has(from: string, to: string): boolean {
    return this.#arcs.has(`${from} ${to}`)
  }

  /** The cuts or healings that it takes, one way each; none where it changes nothing. */
  change({ kind, link: [a, b], oneWay }: Severing, atMs: number): PlannedEvent[] {
    const arcs = oneWay ? [[a, b] as const] : [[a, b] as const, [b, a] as const]
    const changed = arcs.filter(([from, to]) => this.has(from, to) === (kind === 'heal'))
    for (const [from, to] of changed) {
      if (kind === 'cut') this.#arcs.add(`${from} ${to}`)
      else this.#arcs.delete(`${from} ${to}`)
    }
    const text = actText({ kind, link: [a, b], oneWay })
    return changed.map((arc, i) => ({
      kind,
      link: arc,
      oneWay: true,
      atMs,
      text,
      breaks: 'reliable',
      begins: i === 0 && kind === 'cut',
    }))
  }
}

/** A crash or a recovery that somebody wants now. */
export const befallen = (act: Extract<Act, { kind: 'crash' | 'recover' }>, atMs: number): PlannedEvent => ({
  ...act,
  atMs,
  text: actText(act),
  breaks: 'crashes',
  begins: act.kind === 'crash',
})
