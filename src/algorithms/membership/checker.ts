/** The promises of membership, judged by what processes say of their lists, and of themselves. */
import type { HistoryEvent } from '../../model/history.ts'
import type { Place, ProcessId } from '../../model/process.ts'
import { type Finding, type Property, property } from '../../model/property.ts'
import { proves } from './identity.ts'
import { inTime } from './in-time.ts'
import { FAREWELLS } from './joining.ts'
import { NEWS_MAX } from './members.ts'
import type { Choices, Membership } from './vocabulary.ts'

export const membershipProperties = (choices: Choices): Property<Membership>[] => [
  suspectedFirst(choices),
  inTime(choices),
  completeness,
  accuracy,
  proved(choices),
  noInvention,
  incarnation,
  constantLoad(choices),
  deathFound,
  suspicionCleared,
]

type Event = HistoryEvent<Membership>
type Indication = Membership['indication']

const NS_A_MS = 1e6
/** A clock that is put right while a timer runs has gone so much too fast at most. */
const DRIFT = 0.001

interface Suspicion {
  readonly incarnation: number
  readonly localNs: number // since when, by the clock of whoever suspects
  readonly timeNs: number // and by ours
  readonly forMs: number
  readonly position: number
}

interface Suspicions {
  readonly of: Map<ProcessId, Map<ProcessId, Suspicion>> // who suspects whom
  readonly declared: Set<string> // process and incarnation: others may have heard of it
}

/** Who says so first has suspected it itself; the others have it from somebody. */
const suspectedFirst = ({ suspicionPeriods, periodMs }: Choices) =>
  property<Membership, Suspicions>({
    name: 'SUSPECTED FIRST',
    kind: 'always',
    sees: ['indicate', 'crash'],
    initial: (places) => ({ of: new Map(places.map(({ self }) => [self, new Map()])), declared: new Set() }),
    upon({ of, declared }, event) {
      const own = of.get(event.at)!
      if (event.kind === 'crash') own.clear()
      if (event.kind !== 'indicate') return undefined
      const { indication, localNs, timeNs, position } = event
      if (indication.type === 'left') own.clear()
      if (indication.type === 'suspected')
        own.set(indication.process, { ...indication, localNs, timeNs, position })
      if (indication.type !== 'down' || indication.how !== 'dead') return undefined
      const { process, incarnation } = indication
      const name = `${process}/${incarnation}`
      if (declared.has(name)) return undefined
      declared.add(name)
      return tooEarly(event, process, incarnation, own.get(process), suspicionPeriods * periodMs)
    },
  })

function tooEarly(
  { at, localNs, timeNs, position }: Event,
  process: ProcessId,
  incarnation: number,
  suspicion: Suspicion | undefined,
  leastMs: number,
): Finding | undefined {
  if (suspicion === undefined || suspicion.incarnation !== incarnation) {
    const explanation = `${at} declares ${process}/${incarnation} dead and had not suspected it`
    return { explanation, witnesses: [position] }
  }
  // A clock that is set in the meantime measures nothing: then it is by ours that the time must have passed.
  const forMs = Math.max(localNs - suspicion.localNs, timeNs - suspicion.timeNs) / NS_A_MS
  if (forMs >= suspicion.forMs * (1 - DRIFT) && suspicion.forMs >= leastMs) return undefined
  const due = Math.max(suspicion.forMs, leastMs)
  const explanation = `${at} declares ${process} dead after ${forMs.toFixed(1)} ms; ${due} are due`
  return { explanation, witnesses: [suspicion.position, position] }
}

type Standing = 'out' | 'joining' | 'in' | 'down'

interface Lists {
  readonly standing: Map<ProcessId, Standing>
  readonly lists: Map<ProcessId, Set<ProcessId>> // who is on whose list
}

const nobody = (places: readonly Place[]): Lists => ({
  standing: new Map(places.map(({ self }) => [self, 'out'])),
  lists: new Map(places.map(({ self }) => [self, new Set()])),
})

function follow({ standing, lists }: Lists, event: Event): void {
  const own = lists.get(event.at)!
  if (event.kind === 'crash') standing.set(event.at, 'down')
  if (event.kind === 'recover') standing.set(event.at, 'out')
  if (event.kind === 'crash') own.clear()
  if (event.kind !== 'indicate') return
  const { indication } = event
  if (indication.type === 'up') own.add(indication.process)
  if (indication.type === 'down') own.delete(indication.process)
  const becomes = BECOMES[indication.type]
  if (becomes === undefined) return
  standing.set(event.at, becomes)
  if (becomes === 'out') own.clear()
}

const BECOMES: Partial<Record<Indication['type'], Standing>> = {
  joining: 'joining',
  joined: 'in',
  left: 'out',
  gaveUp: 'out',
}

/** A sentence that names more is read by nobody. */
const NAMED_MAX = 5

function pairs(all: readonly string[], are: string): Finding | undefined {
  if (all.length === 0) return undefined
  const more = all.length > NAMED_MAX ? `, and so on: ${all.length} in all` : ''
  return { explanation: `in the end ${are} ${all.slice(0, NAMED_MAX).join(', ')}${more}`, witnesses: [] }
}

const whole = {
  kind: 'eventually' as const,
  sees: ['indicate', 'crash', 'recover'] as const,
  initial: nobody,
  upon(memory: Lists, event: Event): undefined {
    follow(memory, event)
  },
}

const isGone = (standing: Standing) => standing === 'out' || standing === 'down'

const completeness = property<Membership, Lists>({
  name: 'COMPLETENESS',
  ...whole,
  atEnd({ standing, lists }) {
    const wrong = [...lists].flatMap(([by, list]) =>
      standing.get(by) !== 'in'
        ? []
        : [...list]
            .filter((process) => isGone(standing.get(process)!))
            .map((process) => `${process} by ${by}`),
    )
    return pairs(wrong, 'there are listed that are not there:')
  },
})

const accuracy = property<Membership, Lists>({
  name: 'ACCURACY',
  ...whole,
  atEnd({ standing, lists }) {
    const members = [...standing].filter(([, is]) => is === 'in').map(([process]) => process)
    const wrong = members.flatMap((by) => {
      const list = lists.get(by)!
      if (list.size === members.length - 1) return [] // COMPLETENESS says whether they are the right ones
      return members.filter((of) => of !== by && !list.has(of)).map((process) => `${process} by ${by}`)
    })
    return pairs(wrong, 'there are not listed that are there:')
  },
})

const proved = ({ difficulty }: Choices) =>
  property<Membership, object>({
    name: 'PROVED',
    kind: 'always',
    sees: ['indicate'],
    initial: () => ({}),
    upon(_, event) {
      if (event.kind !== 'indicate' || event.indication.type !== 'up') return undefined
      const { process, nonce } = event.indication
      if (proves(process, nonce, difficulty)) return undefined
      const explanation = `${event.at} lists ${process}, of which ${nonce} is not the work`
      return { explanation, witnesses: [event.position] }
    },
  })

const noInvention = property<Membership, { newest: Map<ProcessId, number> }>({
  name: 'NO INVENTION',
  kind: 'always',
  sees: ['indicate'],
  initial: () => ({ newest: new Map() }),
  upon({ newest }, event) {
    if (event.kind !== 'indicate') return undefined
    const { indication } = event
    if (indication.type === 'joining' || indication.type === 'alive') {
      newest.set(event.at, Math.max(indication.incarnation, newest.get(event.at) ?? 0))
    }
    if (!('process' in indication && 'incarnation' in indication)) return undefined
    const { process, incarnation } = indication
    if (incarnation <= (newest.get(process) ?? -1)) return undefined
    const explanation = `${event.at} knows of incarnation ${incarnation} of ${process}, which never began`
    return { explanation, witnesses: [event.position] }
  },
})

const incarnation = property<Membership, { heard: Map<ProcessId, Map<ProcessId, number>> }>({
  name: 'INCARNATION',
  kind: 'always',
  sees: ['indicate', 'crash'],
  initial: (places) => ({ heard: new Map(places.map(({ self }) => [self, new Map()])) }),
  upon({ heard }, event) {
    const own = heard.get(event.at)!
    if (event.kind === 'crash') own.clear()
    if (event.kind !== 'indicate') return undefined
    const { indication } = event
    if (indication.type === 'left') own.clear()
    if (indication.type === 'expired') own.delete(indication.process)
    if (!('process' in indication && 'incarnation' in indication)) return undefined
    const { process, incarnation } = indication
    const before = own.get(process) ?? 0
    own.set(process, incarnation)
    if (incarnation >= before) return undefined
    const explanation = `${event.at} hears of incarnation ${incarnation} of ${process} after ${before}`
    return { explanation, witnesses: [event.position] }
  },
})

/**
 * What may be sent in one step, whatever n is. What comes of its own accord comes by timers of constant
 * periods; every answer is to one message. So the load of all together is so much a member and period.
 */
function allowance(event: Event, proxies: number): number | null {
  if (event.kind === 'deliver') return 1
  if (event.kind === 'request') return event.request.type === 'leave' ? FAREWELLS : 0
  if (event.kind === 'start' || event.kind === 'recover') return 0
  if (event.kind !== 'timeout') return null
  if (event.timer.type === 'late') return proxies
  return event.timer.type === 'suspicion' ? 0 : 1
}

const constantLoad = ({ proxies }: Choices) =>
  property<Membership, { left: Map<ProcessId, number> }>({
    name: 'CONSTANT LOAD',
    kind: 'always',
    sees: ['start', 'recover', 'deliver', 'timeout', 'request', 'send'],
    initial: () => ({ left: new Map() }),
    upon({ left }, event) {
      const allowed = allowance(event, proxies)
      if (allowed !== null) left.set(event.at, allowed)
      if (event.kind !== 'send') return undefined
      const still = left.get(event.at)! - 1
      left.set(event.at, still)
      const news = 'news' in event.message ? event.message.news.length : 0
      if (still >= 0 && news <= NEWS_MAX + 1) return undefined
      const what = still < 0 ? 'one message too many' : `${news} pieces of news in one message`
      return { explanation: `${event.at} sends ${what}`, witnesses: [event.position] }
    },
  })

const deathFound = property<Membership, { down: Set<ProcessId>; seen: boolean }>({
  name: 'A DEATH WAS FOUND',
  kind: 'sometimes',
  sees: ['indicate', 'crash', 'recover'],
  initial: () => ({ down: new Set(), seen: false }),
  upon(memory, event) {
    if (event.kind === 'crash') memory.down.add(event.at)
    if (event.kind === 'recover') memory.down.delete(event.at)
    if (event.kind !== 'indicate' || event.indication.type !== 'down') return undefined
    memory.seen ||= event.indication.how === 'dead' && memory.down.has(event.indication.process)
    return undefined
  },
  atEnd: ({ seen }) =>
    seen ? undefined : { explanation: 'nobody who was down was declared dead', witnesses: [] },
})

const suspicionCleared = property<Membership, { seen: boolean }>({
  name: 'A SUSPICION WAS CLEARED',
  kind: 'sometimes',
  sees: ['indicate'],
  initial: () => ({ seen: false }),
  upon(memory, event) {
    if (event.kind === 'indicate' && event.indication.type === 'cleared') memory.seen = true
    return undefined
  },
  atEnd: ({ seen }) => (seen ? undefined : { explanation: 'nobody was suspected and alive', witnesses: [] }),
})
