import type { ProcessId, Tagged } from './process.ts'

/**
 * What happens next in a run, called by names that stay when other steps are taken away: a message
 * by its channel, its type and its number among those of this type sent on this channel; a timer by
 * its value. A list of steps is a schedule: it can be written by hand, replayed and shortened.
 */
export type Step = { readonly atMs?: number } & ( // by its clock; without it later than the step before
  | { readonly do: 'request'; readonly at: ProcessId; readonly request: Tagged }
  | { readonly do: 'timeout'; readonly at: ProcessId; readonly timer: Tagged }
  | ({ readonly do: 'deliver' | 'lose' | 'duplicate' } & MessageName)
  | { readonly do: 'crash' | 'recover'; readonly at: ProcessId }
)

export interface MessageName {
  readonly from: ProcessId
  readonly to: ProcessId
  readonly type?: string // of the message, or of the basic one it carries; without it the channel's head
  readonly nth?: number // among those of this type sent on this channel, from 0; without it the first left
}

/**
 * One line: `p00>p01:marker#0`, `lose p00>p01:marker#0`, `p02 asked {"type":"elect"}`,
 * `p02 timeout {"type":"retry"}`, `crash p02`.
 */
export function stepName(step: Step): string {
  switch (step.do) {
    case 'request':
      return `${step.at} asked ${JSON.stringify(step.request)}`
    case 'timeout':
      return `${step.at} timeout ${JSON.stringify(step.timer)}`
    case 'crash':
    case 'recover':
      return `${step.do} ${step.at}`
    case 'deliver':
      return messageName(step)
    case 'lose':
    case 'duplicate':
      return `${step.do} ${messageName(step)}`
  }
}

function messageName({ from, to, type, nth }: MessageName): string {
  const which = type === undefined ? '' : `:${type}${nth === undefined ? '' : `#${nth}`}`
  return `${from}>${to}${which}`
}
