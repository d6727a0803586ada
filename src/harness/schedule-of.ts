/**
 * The schedule of a recorded run, on whichever runtime: what came to each process in which order,
 * what was lost and doubled, who crashed and came back. Replayed, every process does the same again.
 *
 * A link that was cut is in it as what was lost there: which messages that were is decided, on real
 * hosts, by when the network noticed.
 */
import { fromCanonical } from '../lib/canonical.ts'
import type { ProcessId, Tagged } from '../model/process.ts'
import type { MessageName, Step } from '../model/step.ts'
import { isEdgeFile, type Topology } from '../topology/topology.ts'
import type { Block } from '../trace-format/events.ts'
import { EventReader, type RunEvent } from '../trace-format/history-reader.ts'
import { messageKey } from '../trace-format/in-transit.ts'
import { isFifo } from './delivery.ts'
import type { Plan } from './plan.ts'
import { SCHEDULE_FORMAT, type Schedule } from './schedule.ts'

/** What the entry of a plan is called where it is loaded from, if that is not its name. */
export interface Named {
  readonly algorithm: string
  readonly over?: string
}

export function scheduleOf(
  plan: Plan,
  blocks: readonly Block[],
  ended: string,
  named: Named = nameOf(plan),
): Schedule {
  const { topology, options, seed, experiment, broken } = plan
  const scribe = new Scribe(topology.ids)
  const reader = new EventReader()
  for (const block of blocks) for (const event of reader.read(block)) scribe.read(event)
  const { steps, startsMs } = scribe
  const { liars = [] } = experiment.faults
  const byQuiescence = ended === 'quiescent' || ended === 'failed' || ended === 'schedule over'
  return {
    format: SCHEDULE_FORMAT,
    ...named,
    options,
    peers: topology.ids.length,
    topology: topologyText(topology),
    seed,
    channels: isFifo(experiment.delivery) && !scribe.isOvertaken ? 'fifo' : 'unordered',
    broken,
    ...(liars.length === 0 ? {} : { byzantine: liars.map(({ text }) => text).join(', ') }),
    ...(startsMs.some((ms) => ms !== 0) ? { startsMs } : {}),
    ...(byQuiescence ? {} : { ended: ended as NonNullable<Schedule['ended']> }),
    steps,
  }
}

function nameOf({ entry }: Plan): Named {
  return { algorithm: entry.name, ...(entry.beneath === undefined ? {} : { over: entry.beneath }) }
}

/** A file of edges may change, or be elsewhere; its channels say the same. */
export const topologyText = ({
  name,
  channels,
}: Pick<Topology, 'name' | 'channels'>): Schedule['topology'] =>
  isEdgeFile(name) || name === CHANNELS ? channels.map(([from, to]) => `${from}>${to}`) : name

/** What a topology is called that has no name but its channels. */
export const CHANNELS = 'channels'

/** The kinds of events that are steps of a schedule: one each, in the same order. */
const STEPS: readonly RunEvent['kind'][] = [
  ...(['request', 'timeout', 'deliver', 'duplicate', 'lost', 'crash', 'recover'] as const),
]

/** Where in a history the steps of its schedule stand. */
export function stepPositions(blocks: readonly Block[]): number[] {
  const reader = new EventReader()
  return blocks.flatMap((block) =>
    [...reader.read(block)].flatMap(({ kind, position }) => (STEPS.includes(kind) ? [position] : [])),
  )
}

/** What is said of a message while it is sent. */
const OF_THE_SENT: readonly RunEvent['kind'][] = ['duplicate', 'lost', 'fault']

class Scribe {
  readonly steps: Step[] = []
  readonly startsMs: number[]
  /** A fault let a message overtake another of its channel. */
  isOvertaken = false
  readonly #ids: readonly ProcessId[]
  readonly #sent = new Map<string, number>() // of each channel and type
  readonly #names = new Map<number, Required<MessageName>>() // of messages
  readonly #underWay = new Map<string, number[]>() // of each channel: the numbers of its messages
  /** The message that the last event was about, if it was sent then: its fate is that of the send. */
  #fresh = -1

  constructor(ids: readonly ProcessId[]) {
    this.#ids = ids
    this.startsMs = ids.map(() => 0)
  }

  read(event: RunEvent): void {
    const step = this.#stepOf(event)
    if (step !== null) this.steps.push({ ...step, ...timesOf(event) })
    if (event.kind === 'send') this.#fresh = messageKey(event.process, event.number)
    else if (!OF_THE_SENT.includes(event.kind)) this.#fresh = -1
  }

  #stepOf(event: RunEvent): Step | null {
    const { kind, process, number } = event
    const at = this.#ids[process]!
    switch (kind) {
      case 'start':
        this.startsMs[process] = event.localNs / 1e6
        return null
      case 'send':
        this.#send(event)
        return null
      case 'request':
        return { do: 'request', at, request: event.payload as Tagged }
      case 'timeout':
        return { do: 'timeout', at, timer: fromCanonical(event.text) as Tagged }
      case 'deliver':
        this.#arrive(`${event.peer} ${process}`, number, true)
        return { do: 'deliver', ...this.#names.get(messageKey(event.peer!, number))! }
      case 'duplicate': {
        const underWay = this.#underWay.get(`${process} ${event.peer}`)!
        underWay.splice(underWay.indexOf(number), 0, number)
        return { do: 'duplicate', ...this.#fateOf(event) }
      }
      case 'lost': {
        const cause = String(event.payload)
        this.#arrive(`${process} ${event.peer}`, number, false)
        return { do: 'lose', ...this.#fateOf(event), ...(cause === 'loss' ? {} : { cause }) }
      }
      case 'crash':
      case 'recover':
        return { do: kind, at }
      default:
        return null // what a handler did, or of the links
    }
  }

  #send({ process, peer, number, type }: RunEvent): void {
    const [from, to] = [this.#ids[process]!, this.#ids[peer!]!]
    const counted = `${process} ${peer} ${type}`
    const nth = this.#sent.get(counted) ?? 0
    this.#sent.set(counted, nth + 1)
    this.#names.set(messageKey(process, number), { from, to, type, nth })
    const channel = `${process} ${peer}`
    const underWay = this.#underWay.get(channel) ?? []
    this.#underWay.set(channel, underWay)
    underWay.push(number)
  }

  /** What is delivered should be the first of what is on its way; what is lost need not. */
  #arrive(channel: string, number: number, inOrder: boolean): void {
    const underWay = this.#underWay.get(channel)!
    const at = underWay.indexOf(number)
    if (inOrder && at > 0) this.isOvertaken = true
    underWay.splice(at, 1)
  }

  #fateOf({ process, number }: RunEvent): Required<MessageName> & { whenSent?: true } {
    const key = messageKey(process, number)
    if (this.#fresh !== key) this.#fresh = -1
    return { ...this.#names.get(key)!, ...(this.#fresh === key ? { whenSent: true as const } : {}) }
  }
}

const timesOf = ({ timeNs, localNs }: RunEvent) => ({
  atMs: localNs / 1e6,
  ...(localNs === timeNs ? {} : { aheadMs: (localNs - timeNs) / 1e6 }),
})
