import type { Random } from '../lib/prng.ts'
import type { ProcessId } from './process.ts'

/** What a fault rule is told of a message. */
export interface Envelope {
  readonly from: ProcessId
  readonly to: ProcessId
  readonly type: string // of the message, or of the basic message it carries
  readonly nowMs: number // global time since the run began
  readonly nth?: number // among those of its type on its channel, from 0; told to rules that count
}

/** What becomes of a message. Rules are asked in order: delays add up, the first loss is final. */
export type Fate =
  | { readonly fate: 'pass' }
  | { readonly fate: 'deliver after'; readonly ms: number }
  | { readonly fate: 'hold'; readonly ms: number } // the same, for a link that is cut and keeps what is sent
  | { readonly fate: 'late'; readonly ms: number } // it alone: what is sent after it overtakes it
  | { readonly fate: 'lost'; readonly cause: string }
  | { readonly fate: 'duplicate' }

/** The assumption that a fault takes away. `timing` belongs to no asynchronous algorithm. */
export type Assumption = 'reliable' | 'noDuplicates' | 'fifo' | 'crashes' | 'timing' | 'honest'

export interface FaultRule {
  readonly text: string // as it was written; reading it again gives an equal rule
  readonly breaks: Assumption
  /** When it holds, in ms; without it always. `toMs` is null for good. */
  readonly window?: { readonly fromMs: number; readonly toMs: number | null }
  /** It wants to know which message of its type on its channel it is asked of. */
  readonly counts?: true
  /** Its beginning is an event of the plan, and is what is counted; not each message that it strikes. */
  readonly isTimed?: true
  readonly judge: (envelope: Envelope, random: Random) => Fate
}

/** What befalls processes and links at a given time. */
export type TimedFault = { readonly atMs: number } & (
  | { readonly kind: 'crash' | 'recover'; readonly process: ProcessId }
  /** While it is paused a process handles nothing; what comes waits, and is handled in order afterwards. */
  | { readonly kind: 'pause' | 'resume'; readonly process: ProcessId }
  /** From now on each event takes the process so long, and the next waits for it; 0: no more. */
  | { readonly kind: 'slow'; readonly process: ProcessId; readonly costMs: number }
  /** Its clock is put on by so much, and gains so many µs a second more than before. */
  | { readonly kind: 'clock'; readonly process: ProcessId; readonly byMs: number; readonly ppm: number }
  /** Both ways, or from the first to the second only. What becomes of messages the rules say. */
  | {
      readonly kind: 'cut' | 'heal'
      readonly link: readonly [ProcessId, ProcessId]
      readonly oneWay: boolean
    }
)

/** A timed fault as part of a plan. Of the events of one fault exactly one begins it, and is counted. */
export type PlannedEvent = TimedFault & {
  readonly text: string
  readonly breaks: Assumption
  readonly begins: boolean
}

/** A process that does not do what its algorithm says, while it lasts by its own clock. */
export interface Liar {
  readonly text: string
  readonly process: ProcessId
  /**
   * `silent`: sends nothing. `equivocates`: tells each receiver something else. `lies`: tells all the
   * same, and it is wrong.
   */
  readonly does: 'silent' | 'equivocates' | 'lies'
  readonly type: string | null // of the messages it is about; null: all
  readonly field: string | null // that it lies about; null for one that is silent
  readonly fromMs: number
  readonly toMs: number | null
}

export interface FaultPlan {
  readonly rules: readonly FaultRule[]
  readonly timed: readonly PlannedEvent[]
  readonly liars?: readonly Liar[]
}

export const noFaults: FaultPlan = { rules: [], timed: [] }
