/** An event in words: a line of the list, what a screen reader says of the drawing. */
import { innermostType } from '../../src/trace-format/history-reader.ts'
import type { RunData } from '../model/run-data.ts'
import { moment, plain } from './format.ts'

/** The innermost type of what an event carries; '' if it has none. Cheap: lists ask it of many events. */
function typeOf(run: RunData, position: number): string {
  const message = run.messageOf(position)
  if (message !== -1) return run.types[run.messages.typeIndex[message]!]!
  const payload = said(run, position)
  return innermostType(Array.isArray(payload) ? payload[0] : payload)
}

/** What an event carries, parsed; a damaged text as it is. */
export function said(run: RunData, position: number): unknown {
  const message = run.messageOf(position)
  const text = run.payloadText(message === -1 ? position : run.messages.sendAt[message]!)
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

/** Without process and time: `sends marker to p07`. */
export function deed(run: RunData, position: number): string {
  const kind = run.kind(position)
  const other = run.processes[run.peer(position)] ?? '?'
  const type = typeOf(run, position)
  const what = type === '' ? 'a message' : type
  switch (kind) {
    case 'send':
      return `sends ${what} to ${other}`
    case 'deliver':
      return `receives ${what} from ${other}`
    case 'lost':
      return `its ${what} to ${other} is lost`
    case 'duplicate':
      return `its ${what} to ${other} is duplicated`
    case 'start':
      return 'starts'
    case 'crash':
      return 'crashes'
    case 'recover':
      return 'recovers'
    case 'request':
      return `is asked to ${what}`
    case 'setTimer':
      return `sets timer ${type}`
    case 'cancelTimer':
      return `cancels timer ${type}`
    case 'timeout':
      return `timer ${type} goes off`
    case 'indicate':
      return `indicates ${type}`
    case 'store':
      return 'stores'
    case 'resume':
      return 'goes on with an earlier step'
    case 'linkUp':
      return `channel with ${other} opens`
    case 'linkDown':
      return `channel with ${other} closes`
    case 'refuse':
      return `refuses a frame of ${other}`
    case 'throw':
      return 'its handler throws'
    case 'fault':
      return `is struck: ${String(said(run, position))}`
    default:
      return kind
  }
}

export function sentence(run: RunData, position: number): string {
  const process = run.processes[run.process(position)] ?? '?'
  return `${process} ${deed(run, position)}, at ${moment(run.timeNs(position))}`
}

/** What a text filter is compared with. */
export function searched(run: RunData, position: number): string {
  const process = run.processes[run.process(position)] ?? ''
  const carried = said(run, position)
  return `${process} ${deed(run, position)} ${carried === undefined ? '' : plain(carried)}`.toLowerCase()
}
