/**
 * What faults have done to processes and links so far, and still does: who is
 * paused or slow, whose clock is wrong, which links are down. Both runtimes keep
 * one; what happens in it is the same on both.
 */
import type { TimedFault } from '../model/fault.ts'
import { Clocks } from './clocks.ts'
import { Waiting } from './waiting.ts'

/** What befalls a process while it goes on. */
export type Affliction = Extract<TimedFault, { kind: 'pause' | 'resume' | 'slow' | 'clock' }>

type Severing = Extract<TimedFault, { kind: 'cut' | 'heal' }>

export class Afflictions<Item> {
  readonly waiting: Waiting<Item>
  readonly clocks = new Clocks()
  readonly #cuts = new Map<string, number>() // directed link → how many faults hold it down

  /** See `Waiting`. */
  constructor(...of: ConstructorParameters<typeof Waiting<Item>>) {
    this.waiting = new Waiting(...of)
  }

  /** Lets it happen; what the history says of it, or null if it changes nothing. */
  befall(fault: Affliction, process: number, isUp: boolean, nowUs: number): string | null {
    const { waiting, clocks } = this
    switch (fault.kind) {
      case 'pause':
        if (!isUp || waiting.isPaused(process)) return null
        waiting.pause(process)
        return 'is paused'
      case 'resume':
        if (!waiting.isPaused(process)) return null
        waiting.resume(process, nowUs)
        return 'goes on'
      case 'slow':
        waiting.slow(process, Math.round(fault.costMs * 1000))
        return fault.costMs === 0 ? 'is quick again' : `takes ${fault.costMs} ms over each event`
      case 'clock':
        clocks.change(process, nowUs, Math.round(fault.byMs * 1000), fault.ppm)
        return clockText(fault)
    }
  }

  /** The directed links that go down or come up by it: several faults may hold one down. */
  linksChanged({ kind, link: [a, b], oneWay }: Severing): (readonly [from: string, to: string])[] {
    const arcs = oneWay ? [[a, b] as const] : [[a, b] as const, [b, a] as const]
    return arcs.filter((arc) => {
      const key = arc.join(' ')
      const before = this.#cuts.get(key) ?? 0
      const now = Math.max(0, before + (kind === 'cut' ? 1 : -1))
      this.#cuts.set(key, now)
      return (before === 0) !== (now === 0)
    })
  }
}

function clockText({ byMs, ppm }: Extract<TimedFault, { kind: 'clock' }>): string {
  const step = byMs === 0 ? [] : [`is put ${byMs > 0 ? 'forward' : 'back'} by ${Math.abs(byMs)} ms`]
  const drift = ppm === 0 ? [] : [`${ppm > 0 ? 'gains' : 'loses'} ${Math.abs(ppm)} µs a second more`]
  return `its clock ${[...step, ...drift].join(' and ')}`
}
