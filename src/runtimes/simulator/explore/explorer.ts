/**
 * Every schedule of a small case, breadth first: all that can happen next, from
 * every configuration that can be reached. What is found first is found by a
 * shortest way.
 *
 * A configuration is what the processes are, what their channels hold, what may
 * still be asked, who may still crash, and what the properties remember; each a
 * small number (see `processes.ts`, `contents.ts`, `watching.ts`).
 */

import { canonical, fromCanonical } from '../../../lib/canonical.ts'
import type { Input } from '../../../model/catalogue.ts'
import type { Algorithm, Place, ProcessId, Signature } from '../../../model/process.ts'
import type { Finding, Property } from '../../../model/property.ts'
import { Configurations } from './configurations.ts'
import { type ChannelKind, Contents, EMPTY } from './contents.ts'
import { type Move, Moves } from './moves.ts'
import { type Outcome, Processes } from './processes.ts'
import { deedsOf } from './seen.ts'
import { type Broken, NO_TAG, type Seen, Watching } from './watching.ts'

export interface Exploration {
  readonly algorithm: Algorithm<any>
  readonly places: readonly Place[]
  readonly onDemand: boolean // channels between all, whatever the topology says
  readonly channels: ChannelKind
  readonly inputs: readonly Input<any>[]
  readonly properties: readonly Property<Signature>[]
  readonly within?: ((state: any) => boolean) | undefined
  readonly crashes: number // at most so many
  readonly recovers: boolean // who has crashed may come back
  readonly loss: boolean // any message may be lost
  readonly statesMax: number
  readonly bytesMax: number
}

/** What became of a property. */
export interface Found {
  readonly finding: Finding
  readonly at: number // the configuration before the last move, or the one at which a run may end
  readonly move: Move | null // the last; null where it is found at the end of a run
}

export class Explorer {
  readonly exploration: Exploration
  readonly processes: Processes
  readonly contents: Contents
  readonly configurations: Configurations
  readonly watching: Watching
  readonly moves = new Moves()
  readonly found: (Found | null)[]
  readonly seen: boolean[] // of each sometimes-property
  transitions = 0
  /** Moves on the longest of the shortest ways to what was found. */
  depth = 0
  limit: 'states' | 'memory' | null = null
  readonly #channels: readonly (readonly [from: number, to: number])[]
  readonly #channelAt: Map<number, number>
  readonly #into: readonly (readonly number[])[] // of each process: channels
  readonly #asked: Map<number, readonly number[]>[] // of each input: by local
  readonly #within: Map<number, boolean>[]
  readonly #base: Int32Array
  readonly #next: Int32Array
  readonly #leftAt: number
  readonly #crashesAt: number
  readonly #memoryAt: number
  #done = 0 // configurations gone on from
  #levelEnd = 1

  constructor(exploration: Exploration) {
    const { algorithm, places, properties, inputs } = exploration
    this.exploration = exploration
    const n = places.length
    const indexOf = new Map(places.map(({ self }, index) => [self, index]))
    const receivers = ({ self, outgoing }: Place) =>
      exploration.onDemand ? places.map((place) => place.self).filter((id) => id !== self) : outgoing
    this.#channels = places.flatMap((place, from) =>
      receivers(place).map((to) => [from, indexOf.get(to)!] as const),
    )
    this.#channelAt = new Map(this.#channels.map(([from, to], channel) => [from * n + to, channel]))
    const channelOf = (from: number, to: ProcessId) =>
      this.#channelAt.get(from * n + (indexOf.get(to) ?? n)) ?? -1
    this.#into = places.map((_, to) =>
      this.#channels.flatMap((ends, channel) => (ends[1] === to ? [channel] : [])),
    )
    this.processes = new Processes(algorithm, places, channelOf)
    this.contents = new Contents(exploration.channels)
    this.watching = new Watching(properties)
    this.found = properties.map(() => null)
    this.seen = properties.map(() => false)
    this.#asked = inputs.map(() => new Map())
    this.#within = places.map(() => new Map())
    this.#leftAt = n + this.#channels.length
    this.#crashesAt = this.#leftAt + inputs.length
    this.#memoryAt = this.#crashesAt + 1
    this.configurations = new Configurations(this.#memoryAt + 1)
    this.#base = new Int32Array(this.#memoryAt + 1)
    this.#next = new Int32Array(this.#memoryAt + 1)
    this.#begin()
  }

  /** Goes on from up to so many configurations; true when there are none left, or a limit is reached. */
  advance(count: number): boolean {
    const { statesMax, bytesMax } = this.exploration
    for (let i = 0; i < count && this.limit === null; i++) {
      if (this.#done === this.configurations.size) return true
      if (this.#done === this.#levelEnd) {
        this.depth++
        this.#levelEnd = this.configurations.size
      }
      this.#goOn(this.#done++)
      if (this.configurations.size >= statesMax) this.limit = 'states'
      if (this.configurations.bytes > bytesMax) this.limit = 'memory'
    }
    return this.limit !== null || this.#done === this.configurations.size
  }

  /** Configurations that were found and not gone on from. */
  get open(): number {
    return this.configurations.size - this.#done
  }

  /** The moves of a shortest way to a configuration, from the first. */
  wayTo(index: number): Move[] {
    const way: Move[] = []
    for (let at = index; this.configurations.from(at) !== -1; at = this.configurations.from(at)) {
      way.push(this.moves.of(this.configurations.move(at)))
    }
    return way.reverse()
  }

  get ends(): readonly (readonly [from: number, to: number])[] {
    return this.#channels
  }

  /** All processes begin, in the order of their ids, before anything is delivered. */
  #begin(): void {
    const { places, inputs, crashes } = this.exploration
    const first = this.#next.fill(0)
    first[this.#memoryAt] = this.watching.initial(places)
    first[this.#crashesAt] = crashes
    for (const [k, { times }] of inputs.entries())
      first[this.#leftAt + k] = Number.isFinite(times) ? times : 0
    for (const process of places.keys()) {
      const [outcome, more] = this.processes.begin(process)
      if (more !== undefined)
        throw new Error(`${places[process]!.self} throws dice as it starts; give it an input`)
      this.#apply(process, -1, NO_TAG, outcome!)
    }
    this.configurations.add(first, -1, -1)
  }

  #goOn(index: number): void {
    const base = this.#base
    this.configurations.read(index, base)
    let isQuiet = true
    for (const process of this.exploration.places.keys()) {
      const local = base[process]!
      const isUp = this.processes.local(process, local).state !== ''
      if (!isUp) {
        if (this.exploration.recovers) this.#recover(index, process, local)
        continue
      }
      if (this.#deliver(index, process)) isQuiet = false
      for (const event of this.processes.timeouts(process, local)) {
        isQuiet = false
        this.#step(index, process, event, NO_TAG, -1, -1, -1)
      }
      this.#ask(index, process, local)
      if (base[this.#crashesAt]! > 0) this.#crash(index, process)
    }
    if (isQuiet) this.#end(index)
  }

  #deliver(index: number, process: number): boolean {
    let any = false
    for (const channel of this.#into[process]!) {
      const content = this.#base[this.exploration.places.length + channel]!
      for (const carried of this.contents.next(content)) {
        any = true
        const { message, tag } = this.moves.carried(carried)
        const from = this.exploration.places[this.#channels[channel]![0]]!.self
        const event = this.processes.event('message', this.processes.messages.text(message), from)
        this.#step(index, process, event, tag, channel, carried, -1)
        if (this.exploration.loss) this.#lose(index, channel, carried)
      }
    }
    return any
  }

  #ask(index: number, process: number, local: number): void {
    for (const [k, input] of this.exploration.inputs.entries()) {
      if (input.at !== this.exploration.places[process]!.self) continue
      const endless = !Number.isFinite(input.times)
      if (!endless && this.#base[this.#leftAt + k] === 0) continue
      for (const event of this.#requests(k, process, local)) {
        this.#step(index, process, event, NO_TAG, -1, -1, endless ? -1 : k)
      }
    }
  }

  #requests(k: number, process: number, local: number): readonly number[] {
    const known = this.#asked[k]!.get(local)
    if (known !== undefined) return known
    const state = fromCanonical(this.processes.local(process, local).state)
    const requests = this.exploration.inputs[k]!.requests(state)
    const events = requests.map((request) => this.processes.event('request', canonical(request)))
    this.#asked[k]!.set(local, events)
    return events
  }

  /** Something happens at a process: every way in which its handler can end. */
  #step(
    index: number,
    process: number,
    event: number,
    tag: number,
    channel: number,
    carried: number,
    input: number,
  ) {
    const outcomes = this.processes.step(process, this.#base[process]!, event)
    for (const [way, outcome] of outcomes.entries()) {
      const next = this.#next
      next.set(this.#base)
      if (channel !== -1) this.#take(channel, carried)
      if (input !== -1) next[this.#leftAt + input]!--
      const broken = this.#apply(process, event, tag, outcome)
      const move = this.moves.step(process, event, channel, carried, way)
      this.#arrive(index, move, broken)
    }
  }

  #take(channel: number, carried: number): void {
    const at = this.exploration.places.length + channel
    this.#next[at] = this.contents.take(this.#next[at]!, carried)
  }

  /** What an outcome makes of the next configuration. */
  #apply(process: number, event: number, tag: number, outcome: Outcome) {
    const next = this.#next
    const { places } = this.exploration
    next[process] = outcome.local
    const watched =
      this.watching.properties.length === 0
        ? null
        : this.watching.seeOutcome(next[this.#memoryAt]!, tag, outcome.id, () =>
            deedsOf(this.processes, process, event, outcome),
          )
    const lost: number[] = []
    for (let i = 0; i < outcome.channels.length; i++) {
      const channel = outcome.channels[i]!
      const carried = this.moves.carry(outcome.messages[i]!, watched === null ? NO_TAG : watched.tags[i]!)
      const to = this.#channels[channel]![1]
      const isDown = event !== -1 && this.processes.local(to, next[to]!).state === ''
      if (isDown) lost.push(channel, carried)
      else {
        const at = places.length + channel
        next[at] = this.contents.push(next[at]!, carried)
      }
    }
    if (watched === null) return []
    next[this.#memoryAt] = watched.memory
    const broken = [...watched.broken]
    for (let i = 0; i < lost.length; i += 2) broken.push(...this.#seeLoss(lost[i]!, lost[i + 1]!, 'crash'))
    return broken
  }

  #seeLoss(channel: number, carried: number, cause: string): readonly Broken[] {
    const { message, tag } = this.moves.carried(carried)
    const [at, to] = this.#channels[channel]!.map((process) => this.exploration.places[process]!.self)
    const value = fromCanonical(this.processes.messages.text(message))
    return this.#see(
      `lost ${channel} ${message} ${cause}`,
      { kind: 'lost', at: at!, to, message: value, cause },
      tag,
    )
  }

  #see(key: string, event: Seen, tag: number = NO_TAG): readonly Broken[] {
    if (this.watching.properties.length === 0) return []
    const watched = this.watching.see(this.#next[this.#memoryAt]!, tag, key, event)
    this.#next[this.#memoryAt] = watched.memory
    return watched.broken
  }

  #lose(index: number, channel: number, carried: number): void {
    this.#next.set(this.#base)
    this.#take(channel, carried)
    const broken = this.#seeLoss(channel, carried, 'loss')
    this.#arrive(index, this.moves.lose(channel, carried), broken)
  }

  /** What is on its way to or from a process is lost with it. */
  #crash(index: number, process: number): void {
    const next = this.#next
    next.set(this.#base)
    next[this.#crashesAt]!--
    next[process] = this.processes.crashed(process, next[process]!)
    const at = this.exploration.places[process]!.self
    const broken = [...this.#see(`crash ${process}`, { kind: 'crash', at })]
    for (const [channel, ends] of this.#channels.entries()) {
      if (!ends.includes(process)) continue
      const place = this.exploration.places.length + channel
      for (const carried of this.contents.list(next[place]!))
        broken.push(...this.#seeLoss(channel, carried, 'crash'))
      next[place] = EMPTY
    }
    this.#arrive(index, this.moves.crash(process), broken)
  }

  #recover(index: number, process: number, local: number): void {
    const event = this.processes.event('recover', this.processes.local(process, local).stored ?? 'null')
    this.#step(index, process, event, NO_TAG, -1, -1, -1)
  }

  #arrive(from: number, move: number, broken: readonly Broken[]): void {
    this.transitions++
    for (const { property, finding } of broken) {
      this.found[property] ??= { finding, at: from, move: this.moves.of(move) }
    }
    if (!this.#isWithin()) return
    this.configurations.add(this.#next, from, move)
  }

  #isWithin(): boolean {
    const { within, places } = this.exploration
    if (within === undefined) return true
    for (let process = 0; process < places.length; process++) {
      const local = this.#next[process]!
      let is = this.#within[process]!.get(local)
      if (is === undefined) {
        const { state } = this.processes.local(process, local)
        is = state === '' || within(fromCanonical(state))
        this.#within[process]!.set(local, is)
      }
      if (!is) return false
    }
    return true
  }

  /** Nothing is on its way and no timer armed: a run may end here. */
  #end(index: number): void {
    const ends = this.watching.atEnd(this.#base[this.#memoryAt]!)
    for (const [property, { kind }] of this.watching.properties.entries()) {
      const finding = ends[property]
      if (kind === 'sometimes') this.seen[property] ||= finding === undefined
      else if (finding !== undefined) this.found[property] ??= { finding, at: index, move: null }
    }
  }
}
