/** The promises of a failure detector of class ◇P, and how this one keeps them. */
import {
  eventualStrongAccuracy,
  type Suspecting,
  strongCompleteness,
} from '../../checkers/failure-detector.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Heartbeat } from './heartbeat.ts'

const says = (type: 'suspect' | 'restore') => (event: HistoryEvent<Heartbeat>) =>
  event.kind === 'indicate' && event.indication.type === type ? event.indication.process : null

const suspecting: Suspecting<Heartbeat> = { suspects: says('suspect'), restores: says('restore') }

export const detectorProperties = (): Property<Heartbeat>[] => [
  strongCompleteness(suspecting),
  eventualStrongAccuracy(suspecting),
  alternation,
  patience,
  suspicionWasWrong,
  crashWasSuspected,
]

const alternation = property<Heartbeat, { suspects: Set<string>; last: Map<string, number> }>({
  name: 'ALTERNATION',
  kind: 'always',
  sees: ['indicate', 'crash'],
  initial: () => ({ suspects: new Set(), last: new Map() }),
  upon({ suspects, last }, event) {
    if (event.kind === 'crash') {
      for (const pair of suspects) if (pair.startsWith(`${event.at} `)) suspects.delete(pair)
    }
    if (event.kind !== 'indicate') return undefined
    const { type, process } = event.indication
    const pair = `${event.at} ${process}`
    const before = last.get(pair)
    last.set(pair, event.position)
    const isTurn = type === 'suspect' ? !suspects.has(pair) : suspects.has(pair)
    if (type === 'suspect') suspects.add(pair)
    else suspects.delete(pair)
    if (isTurn) return undefined
    const explanation =
      type === 'suspect'
        ? `${event.at} suspects ${process}, which it suspects already`
        : `${event.at} restores ${process}, which it does not suspect`
    return { explanation, witnesses: [...(before === undefined ? [] : [before]), event.position] }
  },
})

/** By the timers that are set: the delay grows when somebody was restored since the last, and only then. */
const patience = property<
  Heartbeat,
  { waits: Map<ProcessId, { ms: number; wasWrong: boolean; at: number }> }
>({
  name: 'PATIENCE',
  kind: 'always',
  sees: ['indicate', 'setTimer', 'crash'],
  initial: () => ({ waits: new Map() }),
  upon({ waits }, event) {
    const wait = waits.get(event.at)
    if (event.kind === 'crash') waits.delete(event.at)
    if (event.kind === 'indicate' && event.indication.type === 'restore' && wait) wait.wasWrong = true
    if (event.kind !== 'setTimer') return undefined
    waits.set(event.at, { ms: event.minMs, wasWrong: false, at: event.position })
    if (wait === undefined || event.minMs > wait.ms === wait.wasWrong) return undefined
    const explanation = wait.wasWrong
      ? `${event.at} was wrong and still waits ${event.minMs} ms, ${wait.ms} before`
      : `${event.at} was not wrong and waits ${event.minMs} ms, ${wait.ms} before`
    return { explanation, witnesses: [wait.at, event.position] }
  },
})

const suspicionWasWrong = property<Heartbeat, { seen: boolean }>({
  name: 'A SUSPICION WAS WRONG',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind === 'indicate' && event.indication.type === 'restore') memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'nobody was ever restored: there was nothing to learn', witnesses: [] },
})

const crashWasSuspected = property<Heartbeat, { down: Set<ProcessId>; seen: boolean }>({
  name: 'A CRASH WAS FOUND',
  kind: 'sometimes',
  sees: ['indicate', 'crash'],
  initial: () => ({ down: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'crash') memory.down.add(event.at)
    if (event.kind === 'indicate' && memory.down.has(event.indication.process)) memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'nobody who was suspected was down', witnesses: [] },
})
