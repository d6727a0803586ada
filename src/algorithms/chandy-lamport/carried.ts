/**
 * A property of the underlying algorithm, watched in a run of the superimposed
 * one: it sees the basic requests, messages, timers and indications as its own,
 * and nothing of the markers. What befalls processes and links it sees as it is.
 */
import type { HistoryEvent } from '../../model/history.ts'
import type { Signature } from '../../model/process.ts'
import { type Property, property, type Send } from '../../model/property.ts'
import type { Snapshotting } from './chandy-lamport.ts'

type Of = Snapshotting<Signature>

export const carried = (basic: Property<Signature>): Property<Of> => {
  const { tag, ...rest } = basic
  return property<Of, unknown, unknown>({
    ...rest,
    ...(tag
      ? {
          tag: (memory: unknown, send: Send<Of>) => {
            const event = basicEvent(send)
            return event === null ? undefined : tag(memory, event as Send<Signature>)
          },
        }
      : {}),
    upon(memory, event, riding) {
      const seen = basicEvent(event)
      return seen === null ? undefined : basic.upon(memory, seen, riding)
    },
  })
}

/** The event as the algorithm beneath knows it; null if it is none of its own. */
function basicEvent(event: HistoryEvent<Of>): HistoryEvent<Signature> | null {
  switch (event.kind) {
    case 'request':
      return event.request.type === 'basic' ? { ...event, request: event.request.request } : null
    case 'send':
    case 'deliver':
    case 'lost':
    case 'duplicate':
      return event.message.type === 'basic' ? { ...event, message: event.message.message } : null
    case 'setTimer':
    case 'cancelTimer':
    case 'timeout':
      return { ...event, timer: event.timer.timer }
    case 'indicate':
      return event.indication.type === 'basic' ? { ...event, indication: event.indication.indication } : null
    default:
      return event
  }
}
