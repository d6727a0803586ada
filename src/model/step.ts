import { UsageError } from '../lib/usage-error.ts'
import type { ProcessId, Tagged } from './process.ts'

/**
 * What happens next in a run, called by names that stay when other steps are taken away: a message
 * by its channel, its type and its number among those of this type sent on this channel; a timer by
 * its value. A list of steps is a schedule: it can be written by hand, replayed and shortened.
 */
export type Step = Circumstances &
  (
    | { readonly do: 'request'; readonly at: ProcessId; readonly request: Tagged }
    | { readonly do: 'timeout'; readonly at: ProcessId; readonly timer: Tagged }
    | ({ readonly do: 'deliver' } & MessageName)
    | ({ readonly do: 'lose' | 'duplicate' } & MessageName & Fated)
    | { readonly do: 'crash' | 'recover'; readonly at: ProcessId }
    | { readonly do: 'cut' | 'heal'; readonly link: readonly [ProcessId, ProcessId] }
  )

interface Circumstances {
  /**
   * What the dice of its handler show, in order: a number for `below` and `pick`, and for `chance` 0 if
   * it comes true and 1 if not, unless that is certain. Without it, or beyond it, the seed decides.
   */
  readonly dice?: readonly number[]
  readonly atMs?: number // by its clock; without it later than the step before
  readonly aheadMs?: number // how much this clock is ahead of global time; without it not at all
}

export interface MessageName {
  readonly from: ProcessId
  readonly to: ProcessId
  readonly type?: string // of the message, or of the basic one it carries; without it the channel's head
  readonly nth?: number // among those of this type sent on this channel, from 0; without it the first left
}

interface Fated {
  readonly cause?: string // of a loss, as the history names it; without it 'loss'
  readonly whenSent?: true // at once, in the middle of the step that sends it: the step before this one
}

/**
 * One line: `p00>p01:marker#0`, `lose p00>p01:marker#0`, `p02 asked {"type":"elect"}`,
 * `p02 timeout {"type":"retry"}`, `crash p02`, `cut p00-p01`.
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
    case 'cut':
    case 'heal':
      return `${step.do} ${step.link.join('-')}`
    case 'deliver':
      return messageName(step)
    case 'lose':
    case 'duplicate':
      return `${step.do} ${messageName(step)}`
  }
}

export function messageName({ from, to, type, nth }: MessageName): string {
  const which = type === undefined ? '' : `:${type}${nth === undefined ? '' : `#${nth}`}`
  return `${from}>${to}${which}`
}

/** The process at which a step happens; that of a message is its receiver, that of a link nobody. */
export function processOf(step: Step): ProcessId | null {
  if ('at' in step) return step.at
  return 'to' in step ? step.to : null
}

/** How steps are written as one line, for whoever wrote one that is none. */
export const STEP_FORMS =
  'p00>p01:marker#0 · p00>p01 · p02 asked {"type":"elect"} · p02 timeout {"type":"retry"} · ' +
  'lose p00>p01:marker#0 · duplicate p00>p01 · crash p02 · recover p02 · cut p00-p01 · heal p00-p01'

/** What may follow the name of a step: what the dice show, and a time. */
const SUFFIXES = /^\s*(.*?)(?:\s+dice\s+(\d+(?:,\d+)*))?(?:\s+@(\d+(?:\.\d+)?)(?:ms)?)?\s*$/s

/** A step as one line: `p00>p01:marker#0 dice 2,0 @12.5ms`. */
export function stepLine(step: Step): string {
  const { dice = [], atMs } = step
  const shown = dice.length === 0 ? '' : ` dice ${dice.join()}`
  return `${stepName(step)}${shown}${atMs === undefined ? '' : ` @${atMs}ms`}`
}

/** Reads what `stepLine` writes. */
export function parseStep(text: string): Step {
  const [, line, shown, at] = SUFFIXES.exec(text)!
  const step = worldStep(line!) ?? messageStep(line!) ?? processStep(line!)
  if (step === null) throw new UsageError(`'${text}' is no step; these are: ${STEP_FORMS}`)
  const dice = shown === undefined ? {} : { dice: shown.split(',').map(Number) }
  return { ...step, ...dice, ...(at === undefined ? {} : { atMs: Number(at) }) }
}

function worldStep(line: string): Step | null {
  const [, deed, who] = /^(crash|recover)\s+([\w-]+)$/.exec(line) ?? []
  if (deed !== undefined) return { do: deed as 'crash' | 'recover', at: who! }
  const [, change, a, b] = /^(cut|heal)\s+(\w+)-(\w+)$/.exec(line) ?? []
  return change === undefined ? null : { do: change as 'cut' | 'heal', link: [a!, b!] }
}

function messageStep(line: string): Step | null {
  const parts = /^(?:(deliver|lose|duplicate)\s+)?(\w+)>(\w+)(?::([^#\s]+)(?:#(\d{1,9}))?)?$/.exec(line)
  if (parts === null) return null
  const [, deed = 'deliver', from, to, type, nth] = parts
  const which = type === undefined ? {} : { type, ...(nth === undefined ? {} : { nth: Number(nth) }) }
  return { do: deed as 'deliver' | 'lose' | 'duplicate', from: from!, to: to!, ...which }
}

/** What a process is asked, or the timer: as JSON, or the type alone where it has no fields. */
function processStep(line: string): Step | null {
  const [, at, verb, what] = /^(\w+)\s+(asked|timeout)\s+(\S.*)$/s.exec(line) ?? []
  if (at === undefined) return null
  const value = /^[\w-]+$/.test(what!) ? { type: what! } : taggedOf(what!)
  if (value === null) throw new UsageError(`'${line}': what follows '${verb}' is no JSON with a type`)
  return verb === 'asked' ? { do: 'request', at, request: value } : { do: 'timeout', at, timer: value }
}

function taggedOf(text: string): Tagged | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof (value as Partial<Tagged> | null)?.type === 'string' ? (value as Tagged) : null
  } catch {
    return null
  }
}
