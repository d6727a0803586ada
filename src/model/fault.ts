import type { Random } from '../lib/prng.ts'
import type { ProcessId } from './process.ts'

/** What a fault rule is told of a message. */
export interface Envelope {
  readonly from: ProcessId
  readonly to: ProcessId
  readonly type: string // of the message, or of the basic message it carries
  readonly nowMs: number // global time since the run began
}

/** What becomes of a message. Rules are asked in order: delays add up, the first loss is final. */
export type Fate =
  | { readonly fate: 'pass' }
  | { readonly fate: 'deliver after'; readonly ms: number }
  | { readonly fate: 'lost'; readonly cause: string }
  | { readonly fate: 'duplicate' }

/** The assumption that a fault takes away. `timing` belongs to no asynchronous algorithm. */
export type Assumption = 'reliable' | 'noDuplicates' | 'fifo' | 'crashes' | 'timing'

export interface FaultRule {
  readonly text: string // as it was written; reading it again gives an equal rule
  readonly breaks: Assumption
  readonly judge: (envelope: Envelope, random: Random) => Fate
}

/** What befalls processes and links at a given time. */
export type TimedFault =
  | { readonly kind: 'crash' | 'recover'; readonly process: ProcessId; readonly atMs: number }
  | { readonly kind: 'cut' | 'heal'; readonly link: readonly [ProcessId, ProcessId]; readonly atMs: number }

export interface FaultPlan {
  readonly rules: readonly FaultRule[]
  readonly timed: readonly (TimedFault & { readonly text: string; readonly breaks: Assumption })[]
}

export const noFaults: FaultPlan = { rules: [], timed: [] }
