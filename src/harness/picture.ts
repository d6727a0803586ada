/**
 * A short run as a space-time diagram in text: a column a process, time downwards, an arrow where a
 * message arrives, each by its causal name.
 *
 *         p00              p01
 *   1      │                ● asked takeSnapshot id=s1
 *          │                │ recorded id=s1, → p00 marker#0
 *   2      ●◄────marker#0───│
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { innermostType } from '../model/superposition.ts'
import { valueText } from './transcript.ts'

type Event = HistoryEvent<Signature>

const COLUMN = { min: 18, max: 34 }
const MARGIN = 6

export function picture(history: readonly Event[], ids: readonly ProcessId[]): string[] {
  const rows = rowsOf(history)
  const involved = ids.filter((id) => rows.some(({ at, from }) => at === id || from === id))
  const width = Math.min(COLUMN.max, Math.max(COLUMN.min, fitting(rows)))
  const canvas = new Canvas(involved, width)
  return [canvas.head(), ...rows.flatMap((row, i) => canvas.draw(row, i + 1))]
}

/** So wide that all is told but what would never fit. */
function fitting(rows: readonly Row[]): number {
  const lengths = rows.flatMap(({ lines, label }) => [...lines, label].map((line) => line.length + 4))
  return Math.max(0, ...lengths.filter((length) => length <= COLUMN.max))
}

/** One step, or what befell a message, a process or a link. */
interface Row {
  readonly at: ProcessId
  readonly from: ProcessId | null // of a message that arrives
  readonly label: string // on its arrow
  readonly lines: string[] // what is said at the process
  readonly change: 'crash' | 'recover' | null
}

function rowsOf(history: readonly Event[]): Row[] {
  const names = new Map<string, string>()
  const sent = new Map<string, number>()
  const rows: Row[] = []
  for (const event of history) {
    if (event.kind === 'send') names.set(event.messageId, nameOf(event, sent))
    const row = rowOf(event, names)
    if (row !== null) rows.push(row)
    const said = row === null ? saidBy(event, names) : null
    if (said !== null) rows.findLast(({ at }) => at === event.at)!.lines.push(said)
  }
  // That everybody starts is no news.
  return rows.filter(({ lines, change, from }) => lines[0] !== 'starts' || lines.length > 1 || change || from)
}

function nameOf({ at, to, message }: Extract<Event, { kind: 'send' }>, sent: Map<string, number>): string {
  const type = innermostType(message)
  const counted = `${at}>${to}:${type}`
  const nth = sent.get(counted) ?? 0
  sent.set(counted, nth + 1)
  return `${type}#${nth}`
}

function rowOf(event: Event, names: ReadonlyMap<string, string>): Row | null {
  const row = (first: string, change: Row['change'] = null): Row => {
    return { at: event.at, from: null, label: '', lines: [first], change }
  }
  switch (event.kind) {
    case 'start':
      return row('starts')
    case 'request':
      return row(`asked ${valueText(event.request)}`)
    case 'timeout':
      return row(`timer ${valueText(event.timer)}`)
    case 'deliver':
      return { ...row(''), from: event.from, label: names.get(event.messageId)!, lines: [] }
    case 'lost':
      return row(`✗ lost: ${names.get(event.messageId)} to ${event.to} (${event.cause})`)
    case 'duplicate':
      return row(`doubled: ${names.get(event.messageId)} to ${event.to}`)
    case 'crash':
      return row('✗ crashes', 'crash')
    case 'recover':
      return row('recovers', 'recover')
    case 'throw':
      return row(`✗ throws ${event.stack.split('\n')[0]}`)
    default:
      return null
  }
}

/** What the process did in its step. */
function saidBy(event: Event, names: ReadonlyMap<string, string>): string | null {
  if (event.kind === 'send') return `→ ${event.to} ${names.get(event.messageId)}`
  if (event.kind === 'indicate') return `! ${valueText(event.indication)}`
  return event.kind === 'store' ? `stores ${valueText(event.stable)}` : null
}

class Canvas {
  readonly #ids: readonly ProcessId[]
  readonly #width: number
  readonly #down = new Set<ProcessId>()

  constructor(ids: readonly ProcessId[], width: number) {
    this.#ids = ids
    this.#width = width
  }

  head(): string {
    const cells = this.#ids.map((id, i) => `${' '.repeat(i === 0 ? MARGIN : 0)}${id.padEnd(this.#width)}`)
    return cells.join('').trimEnd()
  }

  draw({ at, from, label, lines, change }: Row, number: number): string[] {
    const [first, ...others] = from === null ? lines : [null, ...lines]
    const mark = change === 'crash' ? '✗' : '●'
    const drawn: string[] = []
    const line = this.#lifelines()
    if (from !== null) this.#arrow(line, this.#at(from), this.#at(at), label)
    else {
      line[this.#at(at)] = mark
      this.#write(line, at, first!.replace(/^✗ /, ''))
    }
    drawn.push(`${String(number).padStart(3)}${line.join('').slice(3)}`)
    if (change === 'crash') this.#down.add(at)
    if (change === 'recover') this.#down.delete(at)
    for (const other of others) {
      const under = this.#lifelines()
      this.#write(under, at, other!)
      drawn.push(under.join(''))
    }
    return drawn.map((text) => text.trimEnd())
  }

  /** Where the line of a process runs. */
  #at(id: ProcessId): number {
    return MARGIN + 1 + this.#ids.indexOf(id) * this.#width
  }

  #lifelines(): string[] {
    const line: string[] = Array(MARGIN + this.#ids.length * this.#width).fill(' ')
    for (const id of this.#ids) line[this.#at(id)] = this.#down.has(id) ? '┆' : '│'
    return line
  }

  #write(line: string[], at: ProcessId, text: string): void {
    const room = this.#width - 3
    const short = [...text].length <= room ? text : `${[...text].slice(0, room - 1).join('')}…`
    for (const [i, letter] of [...short].entries()) line[this.#at(at) + 2 + i] = letter
  }

  #arrow(line: string[], from: number, to: number, label: string): void {
    const [left, right] = [Math.min(from, to), Math.max(from, to)]
    for (let x = left + 1; x < right; x++) line[x] = line[x] === ' ' ? '─' : '┼'
    line[from] = from < to ? '├' : '┤'
    line[to] = '●'
    line[from < to ? to - 1 : to + 1] = from < to ? '►' : '◄'
    // On the last stretch, before any other line is crossed.
    const middle = from < to ? to - Math.ceil(this.#width / 2) : to + Math.floor(this.#width / 2)
    const text = [...label].slice(0, this.#width - 5)
    const begin = middle - Math.floor(text.length / 2)
    for (const [i, letter] of text.entries()) line[begin + i] = letter
  }
}
