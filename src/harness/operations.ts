/**
 * What each request led to, message by message: the rule of `trace-format/spans.ts`, over events in
 * the words of their algorithm. A step belongs to the operation of the message that it handles, one
 * that goes on to the one it began in; any other begins one of its own.
 */
import type { HistoryEvent } from '../model/history.ts'
import type { ProcessId, Signature } from '../model/process.ts'

type Event<S extends Signature> = HistoryEvent<S>
export type RequestEvent<S extends Signature> = Extract<Event<S>, { kind: 'request' }>

export interface OperationOf<S extends Signature> {
  readonly request: RequestEvent<S>
  readonly sends: Extract<Event<S>, { kind: 'send' }>[]
}

export function operationsOf<S extends Signature>(history: readonly Event<S>[]): OperationOf<S>[] {
  const all: OperationOf<S>[] = []
  const steps = new Map<string, OperationOf<S> | null>() // `process seq`
  const under = new Map<ProcessId, OperationOf<S> | null>() // the operation of the step under way
  const sent = new Map<string, OperationOf<S> | null>()
  const begin = ({ at, seq }: Event<S>, operation: OperationOf<S> | null) => {
    steps.set(`${at} ${seq}`, operation)
    under.set(at, operation)
  }
  for (const event of history) {
    switch (event.kind) {
      case 'request': {
        const operation = { request: event, sends: [] }
        all.push(operation)
        begin(event, operation)
        break
      }
      case 'deliver':
        begin(event, sent.get(event.messageId) ?? null)
        break
      case 'start':
      case 'recover':
      case 'timeout':
        begin(event, null)
        break
      case 'resume':
        begin(event, steps.get(`${event.at} ${event.step}`) ?? null)
        break
      case 'send': {
        const operation = under.get(event.at) ?? null
        sent.set(event.messageId, operation)
        operation?.sends.push(event)
      }
    }
  }
  return all
}
