/** A fault as plain data: what its text says. Times are in µs, shares in millionths. */
import type { Liar } from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'

/** Which messages a rule is about; null where it does not matter. */
export interface Scope {
  readonly type: string | null
  readonly between: readonly [ProcessId, ProcessId] | null
  readonly oneWay: boolean // from the first to the second only
}

/** A delay that dice decide, or nothing. */
export type DrawnDelay =
  | { readonly law: 'constant'; readonly us: number }
  | { readonly law: 'uniform'; readonly minUs: number; readonly maxUs: number }
  | { readonly law: 'exponential'; readonly meanUs: number }

/** `regions`: the processes live in cities, and light takes its time. */
export type Delay = DrawnDelay | { readonly law: 'regions' }

export interface Window {
  readonly atUs: number
  readonly forUs: number | null // for good
}

/** How a partition divides the processes. */
export type Division =
  | { readonly shape: 'halves' | 'minority' }
  | { readonly shape: 'isolate' | 'bridge'; readonly process: ProcessId }
  | { readonly shape: 'sides'; readonly sides: readonly (readonly ProcessId[])[] }

/** What a fault is to the messages that meet it on their way: lost, or delivered once it is over. */
interface Severs extends Window {
  readonly oneWay: boolean
  readonly held: boolean
}

/** Asked of each message. */
interface Ruled extends Window {
  readonly scope: Scope
}

export type Fault =
  | (Ruled & { readonly kind: 'latency'; readonly delay: Delay })
  | (Ruled & { readonly kind: 'jitter'; readonly delay: DrawnDelay })
  | (Ruled & { readonly kind: 'loss' | 'duplicate'; readonly millionths: number })
  | (Ruled & { readonly kind: 'reorder'; readonly millionths: number; readonly delay: DrawnDelay })
  | { readonly kind: 'nth loss'; readonly nth: number; readonly scope: Scope } // nth from 1
  | (Severs & { readonly kind: 'cut'; readonly link: readonly [ProcessId, ProcessId] })
  | (Severs & { readonly kind: 'partition'; readonly division: Division })
  | (Window & { readonly kind: 'crash' | 'pause'; readonly process: ProcessId })
  | (Window & { readonly kind: 'slow'; readonly process: ProcessId; readonly costUs: number })
  | (Window & {
      readonly kind: 'clock'
      readonly process: ProcessId
      readonly byUs: number
      readonly ppm: number // one of the two is 0
    })
  | (Window & { readonly kind: 'byzantine' } & Pick<Liar, 'process' | 'does' | 'type' | 'field'>)

export type FaultOf<Kind extends Fault['kind'], F = Fault> = F extends { kind: infer K }
  ? Kind extends K
    ? F
    : never
  : never

export const hasWindow = (fault: Fault): fault is Exclude<Fault, { kind: 'nth loss' }> =>
  fault.kind !== 'nth loss'

/** When a fault is over, in µs. */
export const endUs = ({ atUs, forUs }: Window): number => atUs + (forUs ?? Number.POSITIVE_INFINITY)

/** The processes that a fault names. */
export function processesOf(fault: Fault): readonly ProcessId[] {
  if ('process' in fault) return [fault.process]
  if ('link' in fault) return fault.link
  if ('scope' in fault) return fault.scope.between ?? []
  const { division } = fault
  if (division.shape === 'sides') return division.sides.flat()
  return 'process' in division ? [division.process] : []
}
