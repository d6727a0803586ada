import { fromCanonical } from '../lib/canonical.ts'
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type Block, resumed } from '../trace-format/events.ts'
import { EventReader, type RunEvent } from '../trace-format/history-reader.ts'

/**
 * An event of the columns in the words of the algorithm that made it; nobody checks that it is of
 * that algorithm.
 */
export function historyEvent<S extends Signature>(
  event: RunEvent,
  ids: readonly ProcessId[],
): HistoryEvent<S> {
  const { kind, process, position, seq, lamport, timeNs, localNs } = event
  const stamp = { kind, at: ids[process]!, position, seq, lamport, timeNs, localNs }
  return { ...stamp, ...particulars(event, ids) } as unknown as HistoryEvent<S>
}

function particulars(event: RunEvent, ids: readonly ProcessId[]): object {
  const { kind, text, payload, message } = event
  const peer = event.peer === null ? '' : ids[event.peer]!
  switch (kind) {
    case 'send':
    case 'duplicate':
      return { to: peer, messageId: `${ids[event.process]}#${event.number}`, message }
    case 'lost':
      return { to: peer, messageId: `${ids[event.process]}#${event.number}`, message, cause: payload }
    case 'deliver':
      return { from: peer, messageId: `${peer}#${event.number}`, message }
    case 'recover':
      return { stored: fromCanonical(text) }
    case 'request':
      return { request: payload }
    case 'timeout':
    case 'cancelTimer':
      return { timer: payload }
    case 'setTimer': {
      const [timer, minMs, maxMs] = payload as [unknown, number, number]
      return { timer, minMs, maxMs }
    }
    case 'indicate':
      return { indication: fromCanonical(text) } // what it tells of a state may hold a Map or a Set
    case 'store':
      return { stable: fromCanonical(text) }
    case 'resume': {
      const { step, hop } = resumed(payload)
      return { step, hop }
    }
    case 'linkUp':
    case 'linkDown':
      return { peer }
    case 'refuse':
      return { from: peer, cause: payload }
    case 'throw':
      return { stack: payload }
    case 'fault':
      return { what: payload, peer: event.peer === null ? null : peer }
    default:
      return {}
  }
}

/** The whole of a recorded history. */
export function historyOf<S extends Signature>(
  blocks: readonly Block[],
  ids: readonly ProcessId[],
): HistoryEvent<S>[] {
  const reader = new EventReader()
  return blocks.flatMap((block) => [...reader.read(block)].map((event) => historyEvent<S>(event, ids)))
}
