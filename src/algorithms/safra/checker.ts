/** The promises of termination detection, and what those of Safra's cost. */
import {
  type Computation,
  computation,
  type Detecting,
  detection,
  FOLLOWED,
  follow,
  hasTerminated,
  noFalseDetection,
  sentAt,
} from '../../checkers/termination-detection.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Safra } from './safra.ts'
import type { Work } from './work.ts'

type Of = Safra<Work>

const detecting: Detecting<Of> = {
  becomes: (event) =>
    event.kind === 'indicate' && event.indication.type === 'basic' ? event.indication.indication.type : null,
  isBasic: (message) => message.type === 'basic',
  detects: (event) => event.kind === 'indicate' && event.indication.type === 'terminated',
  asks: (event) => event.kind === 'request' && event.request.type === 'detect',
}

export const detectionProperties = (): Property<Of>[] => [
  noFalseDetection(detecting),
  detection(detecting),
  hopsBound,
  probeFailed,
  wokenAgain,
]

/**
 * At most n hops of the round under way; one more round, after which all are white; and one more, which
 * finds them so.
 */
const hopsBound = property<Of, Computation & { bound: number; hops: number }, number>({
  name: 'AT MOST 3n MORE HOPS',
  kind: 'always',
  sees: FOLLOWED,
  initial: (places) => ({ ...computation(places), bound: 3 * places.length, hops: 0 }),
  tag: sentAt,
  upon(memory, event, sent) {
    follow(detecting, memory, event, sent)
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
