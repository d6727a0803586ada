/**
 * The promises of termination detection. They know nothing of counts and
 * colours, but what termination is: all processes passive, as the underlying
 * computation says of itself, and none of its messages in transit.
 */
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Finding, type Property, property, type Send } from '../../model/property.ts'
import type { Safra } from './safra.ts'
import type { Work } from './work.ts'

type Of = Safra<Work>
type Event = HistoryEvent<Of>

export const detectionProperties = (): Property<Of>[] => [
  noFalseDetection,
  detection,
  hopsBound,
  probeFailed,
  wokenAgain,
]

/** Who is active and what is in transit, each with the event since which it is so. */
interface Computation {
  readonly active: Map<ProcessId, number>
  readonly inTransit: Map<string, number[]> // of each channel: where what it holds was sent
}

const SEEN: Property<Of>['sees'] = ['send', 'deliver', 'lost', 'duplicate', 'indicate', 'crash', 'request']

const nothing = (): Computation => ({ active: new Map(), inTransit: new Map() })

const hasTerminated = ({ active, inTransit }: Computation) => active.size === 0 && inTransit.size === 0

/** What rides on a message: where it was sent. */
const sentAt = (_: Computation, { position }: Send<Of>) => position

function follow({ active, inTransit }: Computation, event: Event, sent: number | undefined): void {
  if (event.kind === 'indicate' && event.indication.type === 'basic') {
    if (event.indication.indication.type === 'active') active.set(event.at, event.position)
    else active.delete(event.at)
  }
  if (event.kind === 'crash') active.delete(event.at)
  if (!('message' in event) || event.message.type !== 'basic') return
  const channel = event.kind === 'deliver' ? `${event.from}→${event.at}` : `${event.at}→${event.to}`
  const held = inTransit.get(channel) ?? []
  if (event.kind === 'send') held.push(event.position)
  else if (event.kind === 'duplicate') held.push(sent ?? event.position)
  else held.splice(Math.max(0, held.indexOf(sent!)), 1)
  if (held.length > 0) inTransit.set(channel, held)
  else inTransit.delete(channel)
}

const saysTerminated = (event: Event) => event.kind === 'indicate' && event.indication.type === 'terminated'

const noFalseDetection = property<Of, Computation, number>({
  name: 'NO FALSE DETECTION',
  kind: 'always',
  sees: SEEN,
  initial: nothing,
  tag: sentAt,
  upon(memory, event, sent) {
    follow(memory, event, sent)
    if (!saysTerminated(event) || hasTerminated(memory)) return undefined
    return notTerminated(memory, event)
  },
})

function notTerminated({ active, inTransit }: Computation, { at, position }: Event): Finding {
  const still = [
    ...(active.size > 0 ? [`${[...active.keys()].sort().join(', ')} active`] : []),
    ...(inTransit.size > 0 ? [`work in transit on ${[...inTransit.keys()].sort().join(', ')}`] : []),
  ]
  const since = [...active.values(), ...[...inTransit.values()].flat()]
  return {
    explanation: `${at} says that all has ended, with ${still.join(' and ')}`,
    witnesses: [...since.sort((a, b) => a - b), position],
  }
}

const detection = property<Of, Computation & { asked: number | null; said: number | null }, number>({
  name: 'DETECTION',
  kind: 'eventually',
  sees: SEEN,
  initial: () => ({ ...nothing(), asked: null, said: null }),
  tag: sentAt,
  upon(memory, event, sent) {
    follow(memory, event, sent)
    if (event.kind === 'request' && event.request.type === 'detect') memory.asked ??= event.position
    if (!saysTerminated(event)) return undefined
    const first = memory.said
    memory.said ??= event.position
    if (first === null) return undefined
    return {
      explanation: `${event.at} says a second time that all has ended`,
      witnesses: [first, event.position],
    }
  },
  atEnd(memory) {
    if (memory.asked === null || memory.said !== null || !hasTerminated(memory)) return undefined
    return { explanation: 'all has ended, and nobody ever said so', witnesses: [memory.asked] }
  },
})

/**
 * At most n hops of the round under way; one more round, after which all are white; and one more, which
 * finds them so.
 */
const hopsBound = property<Of, Computation & { bound: number; hops: number }, number>({
  name: 'AT MOST 3n MORE HOPS',
  kind: 'always',
  sees: SEEN,
  initial: (places) => ({ ...nothing(), bound: 3 * places.length, hops: 0 }),
  tag: sentAt,
  upon(memory, event, sent) {
    follow(memory, event, sent)
    if (!hasTerminated(memory)) memory.hops = 0
    if (event.kind !== 'send' || event.message.type !== 'token' || !hasTerminated(memory)) return undefined
    if (++memory.hops !== memory.bound + 1) return undefined
    const explanation = `the token has moved ${memory.hops} times since all ended; ${memory.bound} are enough`
    return { explanation, witnesses: [event.position] }
  },
})

const probeFailed = property<Of, { by: ProcessId | null; probed: boolean; seen: boolean }>({
  name: 'A PROBE FAILED',
  kind: 'sometimes',
  sees: ['request', 'send'],
  initial: () => ({ by: null, probed: false, seen: false }),
  upon(memory, event) {
    if (event.kind === 'request' && event.request.type === 'detect') memory.by ??= event.at
    if (event.kind !== 'send' || event.message.type !== 'token' || event.at !== memory.by) return undefined
    memory.seen ||= memory.probed
    memory.probed = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'the first probe found that all had ended', witnesses: [] },
})

const wokenAgain = property<Of, { been: Set<ProcessId>; seen: boolean }>({
  name: 'A PASSIVE PROCESS BECAME ACTIVE AGAIN',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ been: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind !== 'indicate' || event.indication.type !== 'basic') return undefined
    if (event.indication.indication.type === 'passive') memory.been.add(event.at)
    else if (memory.been.has(event.at)) memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) =>
    seen
      ? undefined
      : { explanation: 'who was passive stayed so: there was little to be wrong about', witnesses: [] },
})
