/** The messages that went wrong, of a run that broke a promise: what its witnesses are about. */
import type { RunData } from '../model/run-data.ts'
import { judgeRecorded } from './cut-lines.ts'

const SHOWN_MOST = 200 // of each sort: beyond that nobody sees one of them

/** Those both of whose ends are witnesses, and those by which a recorded cut is inconsistent. */
export function proofsOf(run: RunData, witnesses: ReadonlySet<number>): number[] {
  const between = [...witnesses].flatMap((position) => {
    const m = position < run.length ? run.messageOfDeliver(position) : -1
    return m !== -1 && witnesses.has(run.messages.sendAt[m]!) ? m : []
  })
  const across = judgeRecorded(run, null).flatMap(({ consistency }) => consistency.offending)
  return [...new Set([...between.slice(0, SHOWN_MOST), ...across.slice(0, SHOWN_MOST)])]
}
