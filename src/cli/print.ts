/** What a person reads on the terminal. */
import { styleText } from 'node:util'
import Table from 'cli-table3'
import ora, { type Ora } from 'ora'
import type { JudgedProperty, MessageCount, ResultTable, SinkCount } from '../trace-format/run.ts'

/** Where a command writes for people: standard output, or standard error when that is for JSON. */
export class Printer {
  readonly #stream: NodeJS.WriteStream
  readonly #progress: boolean
  #spinner: Ora | null = null
  #phase = ''

  constructor(stream: NodeJS.WriteStream, progress: boolean) {
    this.#stream = stream
    this.#progress = progress
  }

  line(text = ''): void {
    this.done()
    this.#stream.write(`${text}\n`)
  }

  /** A progress line with counts on a terminal; a line when a phase begins elsewhere. */
  readonly progress = (phase: string, done: number, of: number, note = ''): void => {
    if (!this.#progress) return
    if (!this.#stream.isTTY || this.#stream.columns === 0) {
      if (phase !== this.#phase) this.#stream.write(`${phase} …\n`)
      this.#phase = phase
      return
    }
    this.#spinner ??= ora({ stream: this.#stream, discardStdin: false }).start()
    this.#spinner.text = `${phase} ${done}/${of}${note}`
  }

  /** Ends the progress line. */
  done(): void {
    this.#spinner?.stop()
    this.#spinner = null
  }

  bold(text: string): string {
    return this.#style('bold', text)
  }

  dim(text: string): string {
    return this.#style('dim', text)
  }

  /** A verdict is told by its word and sign; colour only repeats it. */
  verdict(verdict: string): string {
    if (verdict === 'valid') return this.#style('green', '✓ valid')
    if (verdict === 'violated') return this.#style('red', '✗ violated')
    if (verdict === 'not seen') return this.#style('yellow', '· not seen')
    return this.#style('yellow', '? unknown')
  }

  table({ title, columns, rows, summary }: ResultTable): void {
    const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => isNumber(row[i])))
    const table = new Table({
      head: columns.map((column) => this.dim(column)),
      colAligns: numeric.map((is) => (is ? 'right' : 'left')),
      style: { head: [], border: [], compact: true },
      chars: BARE,
    })
    table.push(...rows.map((row) => [...row]))
    this.line()
    this.line(this.bold(title))
    this.line(table.toString())
    if (summary !== undefined) this.line(`  ${summary}`)
  }

  #style(format: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string): string {
    return styleText(format, text, { stream: this.#stream })
  }
}

const isNumber = (cell: string | number | undefined) =>
  typeof cell === 'number' || /^[-\d.,]+$/.test(cell ?? '')

const BARE = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((part) => [part, '']),
) as Record<'top', string> & { middle?: string }
BARE.middle = ' '

export function printProperties(printer: Printer, properties: readonly JudgedProperty[], all: boolean): void {
  for (const { name, kind, verdict, findings } of properties) {
    if (!all && kind === 'sometimes' && verdict === 'valid') continue
    printer.line(`  ${printer.verdict(verdict).padEnd(12)} ${name}`)
    for (const { explanation, witnesses } of findings.slice(0, all ? undefined : 1)) {
      const where = witnesses.length > 0 ? printer.dim(` (events ${witnesses.join(', ')})`) : ''
      printer.line(`      ${shortened(explanation)}${where}`)
    }
  }
}

const shortened = (text: string) => (text.length <= 400 ? text : `${text.slice(0, 399)}…`)

export const messageTable = (messages: readonly MessageCount[]): ResultTable => ({
  title: 'Messages',
  columns: ['type', 'sent', 'delivered', 'lost', 'dupl.', 'bytes', 'p50 ms', 'p99 ms'],
  rows: messages.map(({ type, sent, delivered, lost, duplicated, bytes, latencyMs }) => [
    type,
    sent,
    delivered,
    lost,
    duplicated,
    bytes,
    latencyMs?.p50.toFixed(2) ?? '–',
    latencyMs?.p99.toFixed(2) ?? '–',
  ]),
})

export const spanTable = (sinks: readonly SinkCount[]): ResultTable => ({
  title: 'Spans',
  columns: ['to', 'made', 'accepted', 'refused', 'dropped', ''],
  rows: sinks.map(({ sink, made, accepted, refused, dropped, note }) => [
    sink,
    made,
    accepted,
    refused,
    dropped,
    note ?? '',
  ]),
})
