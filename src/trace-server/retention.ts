/**
 * What is thrown away, and when. Runs of the testbed and spans of foreign
 * programs are counted apart: whoever sends us a flood of foreign runs pushes
 * out foreign runs only. A choice over plain data; the store acts on it.
 */
export interface Keep {
  readonly runs: number
  readonly bytes: number
}

/** Some weeks of daily use; the byte limit strikes first where runs are long. */
export const KEEP: Keep = { runs: 200, bytes: 2 * 1024 ** 3 }
export const KEEP_FOREIGN: Keep = { runs: 50, bytes: 512 * 1024 ** 2 }

export interface Candidate {
  readonly id: string
  readonly startedAtMs: number
  readonly bytes: number
  readonly state: 'finished' | 'interrupted' | 'in use' // in use: being written, or nobody knows
}

/**
 * The runs to remove, in order: the oldest finished ones, then the oldest
 * interrupted. What is in use stays, and so does the newest: somebody has just
 * waited for it, however large it is.
 */
export function surplus(runs: readonly Candidate[], keep: Keep): readonly string[] {
  let count = runs.length
  let bytes = runs.reduce((sum, run) => sum + run.bytes, 0)
  const newest = runs.reduce((latest, run) => Math.max(latest, run.startedAtMs), 0)
  const removed: string[] = []
  for (const state of ['finished', 'interrupted'] as const) {
    const oldestFirst = runs
      .filter((run) => run.state === state && run.startedAtMs < newest)
      .sort((a, b) => a.startedAtMs - b.startedAtMs)
    for (const run of oldestFirst) {
      if (count <= keep.runs && bytes <= keep.bytes) return removed
      removed.push(run.id)
      count--
      bytes -= run.bytes
    }
  }
  return removed
}
