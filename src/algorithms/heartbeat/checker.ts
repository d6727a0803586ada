/** The promises of a failure detector of class ◇P: Chandra and Toueg, JACM 43(2), 1996, §2.4. */
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Heartbeat } from './heartbeat.ts'

export const detectorProperties = (): Property<Heartbeat>[] => [
  completeness,
  accuracy,
  alternation,
  patience,
  suspicionWasWrong,
  crashWasSuspected,
]

interface View {
  readonly all: ProcessId[]
  readonly crashed: Map<ProcessId, number> // and where; whoever recovers is one of them still
  readonly suspicions: Map<ProcessId, Map<ProcessId, number>> // observer → whom it suspects, and since where
}

const view = (places: readonly { self: ProcessId }[]): View => ({
  all: places.map(({ self }) => self),
  crashed: new Map(),
  suspicions: new Map(places.map(({ self }) => [self, new Map()])),
})

function follow({ crashed, suspicions }: View, event: HistoryEvent<Heartbeat>): void {
  if (event.kind === 'crash') crashed.set(event.at, crashed.get(event.at) ?? event.position)
  if (event.kind !== 'indicate') return
  const { type, process } = event.indication
  if (type === 'suspect') suspicions.get(event.at)!.set(process, event.position)
  else suspicions.get(event.at)!.delete(process)
}

const completeness = property<Heartbeat, View>({
  name: 'STRONG COMPLETENESS',
  kind: 'eventually',
  sees: ['crash', 'indicate'],
  initial: view,
  upon(memory, event) {
    follow(memory, event)
    return undefined
  },
  atEnd({ all, crashed, suspicions }) {
    for (const [process, at] of crashed) {
      const blind = all.filter((by) => !crashed.has(by) && !suspicions.get(by)!.has(process))
      if (blind.length === 0) continue
      const explanation = `${process} crashed, and ${blind.join(', ')} did not suspect it in the end`
      return { explanation, witnesses: [at] }
    }
    return undefined
  },
})

const accuracy = property<Heartbeat, View>({
  name: 'EVENTUAL STRONG ACCURACY',
  kind: 'eventually',
  sees: ['crash', 'indicate'],
  initial: view,
  upon(memory, event) {
    follow(memory, event)
    return undefined
  },
  atEnd({ crashed, suspicions }) {
    const wrong = [...suspicions].flatMap(([by, whom]) =>
      crashed.has(by)
        ? []
        : [...whom]
            .filter(([process]) => !crashed.has(process))
            .map(([process, at]) => ({ by, process, at })),
    )
    if (wrong.length === 0) return undefined
    const pairs = wrong.slice(0, 5).map(({ by, process }) => `${by} suspected ${process}`)
    const more = wrong.length > pairs.length ? `, and so on: ${wrong.length} in all` : ''
    return {
      explanation: `in the end ${pairs.join(', ')}${more}; nobody of them had crashed`,
      witnesses: wrong.slice(0, 5).map(({ at }) => at),
    }
  },
})

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
