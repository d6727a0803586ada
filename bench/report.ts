/** From the answers of all rounds to a table and a document. */
import type { Line } from './figures.ts'
import { type Answers, keyOf } from './rounds.ts'

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Result {
  readonly figure: string
  readonly what: string
  readonly unit: string
  readonly ours: Spread
  readonly bare: Spread | null
  readonly ratio: Spread | null // ours to bare, round by round; its median is that of the medians
  readonly target: Line['target']
  readonly met: boolean | null // null: there is no target
  /** How far from the target, as a share of it; 0 when it is met. */
  readonly missedBy: number | null
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

export function resultOf(line: Line, answers: Answers): Result {
  const { figure, what, unit, target, value } = line
  const valuesOf = (job: Line['ours']) =>
    answers.get(keyOf(job))!.map(({ figures }) => said(figures[value], line))
  const own = valuesOf(line.ours)
  const other = line.bare === null ? null : valuesOf(line.bare)
  const ours = spreadOf(own)
  const bare = other === null ? null : spreadOf(other)
  const ratios = other === null ? null : spreadOf(own.map((value, round) => value / other[round]!))
  const ratio = ratios && bare ? { ...ratios, median: ours.median / bare.median } : null
  const missedBy = target === null ? null : shortfall((ratio ?? ours).median, target)
  const met = missedBy === null ? null : missedBy === 0
  return { figure, what, unit, ours, bare, ratio, target, met, missedBy }
}

function said(value: number | undefined, { what, value: name }: Line): number {
  if (Number.isFinite(value)) return value!
  throw new Error(`${what}: a job said nothing of ${name}`)
}

function shortfall(value: number, target: NonNullable<Line['target']>): number {
  if ('least' in target) return Math.max(0, 1 - value / target.least)
  return value <= target.most ? 0 : target.most === 0 ? value : value / target.most - 1
}

const HEAD = ['', 'what', 'unit', 'ours', 'bare', 'ratio', 'target', '']

export function table(results: readonly Result[]): string {
  const rows = results.map((result, i) => {
    const { figure, what, unit, ours, bare, ratio, target } = result
    const first = results[i - 1]?.figure === figure ? '' : figure
    const cells = [spread(ours), bare ? spread(bare) : '', ratio ? spread(ratio) : '', goal(target)]
    return [first, what, unit, ...cells, judgement(result)]
  })
  const all = [HEAD, ...rows]
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const isNumber = (column: number) => column >= 3 && column <= 6
  const padded = (row: readonly string[]) =>
    row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
  return all.map((row) => padded(row).join('  ').trimEnd()).join('\n')
}

const spread = ({ median, min, max }: Spread) => `${short(median)} (${short(min)}–${short(max)})`

const goal = (target: Line['target']) =>
  target === null ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`

function judgement({ met, missedBy, target }: Result): string {
  if (met === null) return 'reported'
  if (met) return 'met'
  const none = target !== null && 'most' in target && target.most === 0
  return none ? 'MISSED' : `MISSED by ${Math.max(1, Math.round(missedBy! * 100))} %`
}

/** Three figures, and thousands with a thin gap. */
function short(number: number): string {
  if (number !== 0 && Math.abs(number) < 100) return String(Number(number.toPrecision(3)))
  return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ' ')
}
