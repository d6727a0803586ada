import type { Signature } from '../../model/process.ts'
import type { Cell } from '../cell.ts'
import type { Experiment } from '../experiment.ts'
import type { Channels } from './channels.ts'
import type { Exchanges } from './exchanges.ts'
import type { Mesh } from './mesh.ts'
import type { Timers } from './timers.ts'

/** What of a run a crash concerns. */
export interface Concerned<S extends Signature> {
  readonly mesh: Mesh
  readonly experiment: Experiment<S>
  readonly cells: readonly Cell<S>[]
  readonly timers: readonly Timers[]
  readonly channels: Channels
  readonly exchanges: Exchanges
  readonly isOver: () => boolean
  /** Called when a process crashes: what it was to handle is void. */
  readonly crashed: (process: number) => void
  readonly recordDials: () => void
  readonly step: (run: () => void) => void
}

/**
 * Crashes and recoveries, one after the other: a crash must be over before its process can come
 * back, and one that comes back must have its links before the next goes.
 */
export class Crashes<S extends Signature> {
  readonly #run: Concerned<S>
  #last: Promise<void> = Promise.resolve()
  #underWay = 0

  constructor(run: Concerned<S>) {
    this.#run = run
  }

  /**
   * Resolves when it is done; to crash what is down, or recover what is up, is nothing. A crash is
   * at once when nothing else is under way: what was due at the process after it must not come first.
   */
  befall(kind: 'crash' | 'recover', process: number, happened: () => void): Promise<void> {
    const { cells, isOver } = this.#run
    const begin = async () => {
      if (isOver() || cells[process]!.isDown === (kind === 'crash')) return
      happened()
      await (kind === 'crash' ? this.#crash(process) : this.#recover(process))
    }
    const isAlone = this.#underWay++ === 0
    this.#last = (isAlone ? begin() : this.#last.then(begin)).finally(() => this.#underWay--)
    return this.#last
  }

  /** Resolves when nothing is under way, however it came out. */
  settled(): Promise<void> {
    return this.#last.catch(() => {})
  }

  /** The link between two processes is gone, and all that was on its way. */
  part(a: number, b: number): void {
    const { channels, exchanges } = this.#run
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      channels.close(from, to)
      exchanges.close(from, to)
    }
  }

  async #crash(process: number): Promise<void> {
    const { mesh, cells, timers, channels, crashed } = this.#run
    timers[process]!.clear()
    crashed(process)
    cells[process]!.crash()
    for (const other of cells.keys()) channels.close(other, process)
    await mesh.crash(process)
    // What the network had of its messages has come by now or never will.
    for (const other of cells.keys()) this.part(process, other)
  }

  async #recover(process: number): Promise<void> {
    const { mesh, experiment, cells, channels, isOver, recordDials, step } = this.#run
    await mesh.recover(process)
    if (isOver()) return
    recordDials()
    const { places, streams, channels: kind } = experiment
    if (streams === 'channel' && kind === 'fixed') {
      const { incoming, outgoing } = places[process]!
      const others = [...cells.values()].filter(({ up }) => up)
      await Promise.all([
        ...others.filter(({ id }) => incoming.includes(id)).map(({ index }) => channels.open(index, process)),
        ...others.filter(({ id }) => outgoing.includes(id)).map(({ index }) => channels.open(process, index)),
      ])
    }
    step(() => cells[process]!.recover())
  }
}
