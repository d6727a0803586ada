/** An event in words: a line of the list, what a screen reader says of the drawing. */
import type { RunData } from '../model/run-data.ts'
import { moment } from './format.ts'

/** What an event carries as JSON text; of what befalls a message, what was sent. */
export function carriedText(run: RunData, position: number): string {
  const message = run.messageOf(position)
  return run.payloadText(message === -1 ? position : run.messages.sendAt[message]!)
}

/** What an event carries, parsed; a damaged text as it is. */
export function said(run: RunData, position: number): unknown {
  const text = carriedText(run, position)
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
  const type = run.typeOf(position)
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
