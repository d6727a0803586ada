/** How a run on a mesh is to go, beside what the experiment says. */
import type { Holder } from '../acting.ts'

export interface RunOptions {
  readonly tag: string // of the run, in trace ids
  readonly signal?: AbortSignal
  /** Called when all channels are up, just before `start`: global time 0 is `startedAtMs`, Unix time. */
  readonly begun?: (startedAtMs: number) => void
  readonly holder?: Holder // it is held open, and can be acted upon
}
