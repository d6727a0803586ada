/** A finished run as aligned text: one event a line, then what became of each promise. */
import type { HistoryEvent } from '../model/history.ts'
import type { Signature } from '../model/process.ts'
import type { RunOutcome } from '../trace-format/run.ts'
import type { Simulated } from './simulated.ts'

/** All events of a run: position, virtual ms, process, what happened, and to what. */
export function eventLines(history: readonly HistoryEvent<Signature>[]): string[] {
  const rows = history.map((event) => {
    const [deed, object] = wordsOf(event)
    return [String(event.position), (event.timeNs / 1e6).toFixed(3), event.at, deed, object] as const
  })
  const width = (column: number) => Math.max(0, ...rows.map((row) => row[column]!.length))
  const [positions, times, deeds] = [width(0), width(1), width(3)]
  return rows.map(([position, time, at, deed, object]) => {
    const cells = [position.padStart(positions), time.padStart(times), at, deed.padEnd(deeds), object]
    return cells.join('  ').trimEnd()
  })
}

/** What an event is called, and what it is about. Messages are named by their sender and its count. */
function wordsOf(event: HistoryEvent<Signature>): readonly [deed: string, object: string] {
  switch (event.kind) {
    case 'start':
      return ['starts', '']
    case 'crash':
      return ['crashes', '']
    case 'recover':
      return ['recovers', event.stored === null ? 'with nothing stored' : valueText(event.stored)]
    case 'request':
      return ['asked', valueText(event.request)]
    case 'send':
      return [`→ ${event.to} ${number(event.messageId)}`, valueText(event.message)]
    case 'deliver':
      return [`← ${event.from} ${number(event.messageId)}`, valueText(event.message)]
    case 'lost':
      return [`lost → ${event.to} ${number(event.messageId)}`, `${valueText(event.message)} (${event.cause})`]
    case 'duplicate':
      return [`copy → ${event.to} ${number(event.messageId)}`, valueText(event.message)]
    case 'setTimer':
      return ['sets timer', `${valueText(event.timer)} ${interval(event.minMs, event.maxMs)}`]
    case 'cancelTimer':
      return ['cancels timer', valueText(event.timer)]
    case 'timeout':
      return ['timer', valueText(event.timer)]
    case 'indicate':
      return ['indicates', valueText(event.indication)]
    case 'store':
      return ['stores', valueText(event.stable)]
    case 'resume':
      return ['goes on', `with step ${event.step}`]
    case 'linkUp':
      return ['link up', event.peer]
    case 'linkDown':
      return ['link down', event.peer]
    case 'refuse':
      return ['refuses', `a frame from ${event.from}: ${event.cause}`]
    case 'throw':
      return ['throws', event.stack.split('\n')[0]!]
    case 'fault':
      return ['fault', event.what]
  }
}

const number = (messageId: string) => messageId.slice(messageId.lastIndexOf('#'))

const interval = (minMs: number, maxMs: number) =>
  minMs === maxMs ? `in ${minMs} ms` : `in ${minMs}-${maxMs} ms`

const CARRIED = ['message', 'request', 'timer', 'indication'] as const

/**
 * A value in few words: `money amount=4`. What a superimposed algorithm carries
 * as `basic` is shown as what it carries.
 */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:-]+$/.test(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (value instanceof Set) return `{${[...value].map(valueText).join(', ')}}`
  if (value instanceof Map) return `{${fields([...value])}}`
  if (typeof value !== 'object' || value === null) return String(value)
  const { type, ...rest } = value as Record<string, unknown>
  if (typeof type !== 'string') return `{${fields(Object.entries(value))}}`
  const carried = type === 'basic' ? CARRIED.find((field) => field in rest) : undefined
  if (carried !== undefined) return valueText(rest[carried])
  return [type, fields(Object.entries(rest))].filter(Boolean).join(' ')
}

const fields = (entries: readonly (readonly [unknown, unknown])[]) =>
  entries.map(([name, value]) => `${valueText(name)}=${valueText(value)}`).join(' ')

/** How the run ended and what became of each promise. */
export function verdictLines({ conducted, plan }: Simulated): string[] {
  const { outcome, failure } = conducted
  const how = `${outcome.verdict}, ${outcome.ended} after ${outcome.durationMs.toFixed(3)} ms`
  return [
    how,
    ...plan.notes.map((note) => `  ${note}`),
    ...(failure === null ? [] : [`  ${failure.name}: ${failure.message}`]),
    ...outcome.properties.flatMap(propertyLines),
  ]
}

function propertyLines({ name, verdict, findings }: RunOutcome['properties'][number]): string[] {
  const reasons = findings.map(({ explanation, witnesses }) => {
    const where = witnesses.length > 0 ? ` (events ${witnesses.join(', ')})` : ''
    return `${''.padEnd(12)}${explanation}${where}`
  })
  return [`  ${verdict.padEnd(10)}${name}`, ...reasons]
}
