/**
 * What somebody does to a run while it goes on, beside its workload and its fault plan: a person at
 * the terminal, or a page. Each is an event of the history like any other.
 *
 * A run that is held open does not end where it would: it comes to rest there, tells so, and goes on
 * when something is done to it. When it is let go, it ends as it would have.
 */
import type { ProcessId, Signature } from '../model/process.ts'
import type { Ended } from './experiment.ts'

export type Act =
  | { readonly kind: 'request'; readonly to: ProcessId; readonly request: Signature['request'] }
  | { readonly kind: 'crash' | 'recover'; readonly process: ProcessId }
  | {
      readonly kind: 'cut' | 'heal'
      readonly link: readonly [ProcessId, ProcessId]
      readonly oneWay: boolean
    }

export interface ActingPort {
  /** Resolves when it is done: null, or why it changes nothing. Never rejects. */
  readonly act: (act: Act) => Promise<string | null>
  /** Nobody will do anything any more: the run ends when it is over. */
  readonly letGo: () => void
}

/** Whoever holds a run open. */
export interface Holder {
  readonly opened: (port: ActingPort) => void
  /** The run has come to where it would have ended: again, each time after something was done to it. */
  readonly rested: (ended: Ended) => void
}

/** What is said of it in the history and among the faults that fired. */
export function actText(act: Exclude<Act, { kind: 'request' }>): string {
  const what = 'link' in act ? linkText(act) : act.process
  return `${act.kind} ${what} by hand`
}

export const RUN_OVER = 'the run is over'

/** Why an act changes nothing, where it does not. */
export function unchanged(act: Act): string {
  switch (act.kind) {
    case 'request':
      return `${act.to} is down: it can be asked nothing before it recovers`
    case 'crash':
      return `${act.process} is down already`
    case 'recover':
      return `${act.process} is up`
    case 'cut':
      return `${linkText(act)} is cut already`
    case 'heal':
      return `${linkText(act)} was not cut by hand`
  }
}

const linkText = ({ link, oneWay }: Extract<Act, { kind: 'cut' | 'heal' }>) => link.join(oneWay ? '->' : '-')
