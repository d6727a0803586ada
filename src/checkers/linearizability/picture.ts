/**
 * A broken history as text: a line for each process, its operations from their
 * invocation to their answer, and below the longest order that could be found,
 * with what then could not come next.
 */
import type { Part } from './judge.ts'
import type { Operation, SequentialModel } from './operation.ts'

const COLUMNS = 100
/** More operations than this are told by the last ones that could be put in order. */
const SHOWN = 12

export function picture<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  { key, operations, longest }: Part<Input, Output>,
): string {
  const isIn = new Set(longest)
  const stuck = operations.flatMap((operation, i) =>
    isIn.has(i) || operation.answered === Number.POSITIVE_INFINITY ? [] : [i],
  )
  const firstStuck = stuck.toSorted((a, b) => operations[a]!.answered - operations[b]!.answered).slice(0, 3)
  const shown = [...longest.slice(-SHOWN + firstStuck.length), ...firstStuck]
  const says = (i: number) => model.says(operations[i]!.input, operations[i]!.output)
  const order = longest.slice(-SHOWN).map(says)
  const more = longest.length > SHOWN ? [`… ${longest.length - SHOWN} before`] : []
  return [
    ...(key === '' ? [] : [`of ${key}:`]),
    ...lines(shown.map((i) => ({ ...operations[i]!, says: says(i), isStuck: !isIn.has(i) }))),
    '',
    `the longest order that can be: ${[...more, ...order].join(', ') || 'none'}`,
    `after it none of these can come next: ${firstStuck.map(says).join('; ') || 'none'}`,
  ].join('\n')
}

type Shown = Operation<unknown, unknown> & { readonly says: string; readonly isStuck: boolean }

/** Time as the order of invocations and answers, drawn to the same scale for all. */
function lines(shown: readonly Shown[]): string[] {
  const marks = shown.flatMap(({ invoked, answered }) => [
    invoked,
    ...(Number.isFinite(answered) ? [answered] : []),
  ])
  const ranks = new Map([...new Set(marks)].sort((a, b) => a - b).map((mark, rank) => [mark, rank]))
  const place = (mark: number) =>
    Number.isFinite(mark) ? Math.round((ranks.get(mark)! * COLUMNS) / Math.max(1, ranks.size)) : COLUMNS + 2
  const processes = [...new Set(shown.map(({ process }) => process))].sort()
  const wide = Math.max(...processes.map((name) => name.length))
  return processes.flatMap((process) => {
    const rows: string[] = []
    for (const operation of shown.filter((each) => each.process === process)) {
      const [from, to] = [place(operation.invoked), place(operation.answered)]
      const sign = operation.isStuck ? '!' : ''
      const label = `${sign}${operation.says}${sign}`
      const end = Number.isFinite(operation.answered) ? '┤' : '…'
      const bar = `├${label.padEnd(Math.max(1, to - from - 1), '─')}${end}`
      const free = rows.findIndex((row) => row.length < from)
      if (free === -1) rows.push(' '.repeat(from) + bar)
      else rows[free] = rows[free]!.padEnd(from) + bar
    }
    return rows.map((row, i) => `${(i === 0 ? process : '').padEnd(wide)}  ${row}`)
  })
}
