import type { Random } from '../lib/prng.ts'
import type { HistoryEvent } from './history.ts'
import type { Algorithm, Place, ProcessId, Signature } from './process.ts'
import type { Property } from './property.ts'
import type { ServiceSettings } from './service.ts'
import type { Shape, Shapes } from './shape.ts'

/** What an algorithm needs of the world. A fault plan is cut down to it, unless `--break` lifts one. */
export interface Assumptions {
  readonly fifo: boolean // each channel delivers in the order of sending
  readonly reliable: boolean // what is sent between correct processes is delivered
  readonly noDuplicates: boolean
  readonly crashes: 'none' | 'stop' | 'recover' // the worst it withstands
  readonly synchrony: 'asynchronous' | 'partially synchronous' | 'synchronous'
  readonly faulty?: (n: number) => number // how many processes may crash; without it: any number
  readonly byzantine?: (n: number) => number // how many may lie; without it: none
}

export interface Option<T> {
  readonly shape: Shape<T>
  readonly default: T
  readonly help: string
}

export type OptionTable<O> = { readonly [Name in keyof O]: Option<O[Name]> }

/** A request of the workload. */
export interface Asked<S extends Signature> {
  readonly to: ProcessId
  readonly request: S['request']
  readonly atMs: number // since `start`; a run that is busy may hand it in later
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly summary?: string
}

/** What an algorithm achieved in a run, gathered from what its processes indicate. */
export interface Report<S extends Signature, Memory = any> {
  readonly initial: (places: readonly Place[]) => Memory
  readonly upon: (memory: Memory, event: HistoryEvent<S>) => void
  readonly tables: (memory: Memory) => readonly Table[]
}

/** A quantity that processes and messages carry and nothing creates or destroys. */
export interface Conserved<S extends Signature> {
  readonly name: string
  readonly inState: (state: S['state']) => number
  readonly inMessage: (message: S['message']) => number
  readonly inAll: (processes: number) => number
}

/** What may happen at a process of its own accord, when all that may happen is explored. */
export interface Input<S extends Signature> {
  readonly at: ProcessId
  /** How often one of the requests may be made, at any moment; `Infinity` where the states end it. */
  readonly times: number
  /** Those that may be made in a state; a function of the state and nothing else. */
  readonly requests: (state: S['state']) => readonly S['request'][]
}

/** A case of the algorithm so small that every schedule of it can be explored. */
export interface SmallScope<S extends Signature, O> {
  readonly peers: number
  readonly topology?: string // as after --topology; without it the entry's default
  readonly options?: Partial<O>
  readonly inputs: (places: readonly Place[], options: O) => readonly Input<S>[]
  /**
   * A configuration with a process outside is counted but not gone on from: the CONSTRAINT of TLC
   * (L. Lamport, "Specifying Systems", 2002, §14.3). For algorithms whose states have no end.
   */
  readonly within?: (state: S['state']) => boolean
}

/** All that the command line, the harness, the workers and the viewer know of an algorithm. */
export interface CatalogueEntry<S extends Signature = any, O = any> {
  readonly name: string // of its folder, and on the command line
  readonly summary: string // one line
  readonly beneath?: string // what it is superimposed on, by its name
  readonly options: OptionTable<O>
  readonly make: (options: O) => Algorithm<S>
  /** A service of libp2p's own takes the place of the algorithm; `make` then refuses. */
  readonly service?: { readonly name: string; readonly settings: (options: O) => ServiceSettings }
  readonly assumes: Assumptions
  readonly topology: {
    readonly default: string // as after --topology
    readonly fits: (places: readonly Place[]) => string | null // what is wrong, or null
  }
  readonly streams: 'channel' | 'exchange' // how libp2p carries its messages
  readonly channels: 'fixed' | 'on demand' // opened before `start`, or by the first send
  readonly shapes: {
    readonly request: Shapes<S['request']>
    readonly message: Shapes<S['message']>
    readonly timer: Shapes<S['timer']>
  }
  /** The conditions that show it best; `--faults` replaces them. Ids are as wide as there are processes. */
  readonly faults?: string | ((ids: readonly ProcessId[]) => string)
  readonly workload: (random: Random, places: readonly Place[], options: O) => readonly Asked<S>[]
  readonly properties: (options: O) => readonly Property<S>[]
  readonly report?: (options: O) => Report<S>
  readonly conserves?: (options: O) => Conserved<S>
  readonly ends: 'quiescent' | { readonly afterMs: number } // after the workload and the last fault
  readonly smallScope?: SmallScope<S, O>
}

/** An algorithm that runs on top of another one of the catalogue. */
export interface Superposition {
  readonly name: string
  readonly summary: string
  readonly over: string // the default underlying entry
  readonly upon: (basic: CatalogueEntry) => CatalogueEntry
}
