/** What the rules of a plan together make of one message. */
import type { Random } from '../lib/prng.ts'
import type { Envelope, FaultRule } from '../model/fault.ts'

export interface Judged {
  readonly lost: string | null // the cause
  /** One for each copy that is delivered, the message itself first; empty if it is lost. Whole µs. */
  readonly delaysMs: readonly number[]
  /** For each copy: how much later it comes alone, so that what is sent after it overtakes it. */
  readonly lateMs: readonly number[]
  /** The texts of the rules that did something. Of a lost message only the rule that lost it. */
  readonly fired: readonly string[]
  /** What the history says of the message that its events do not, after its name. */
  readonly told: readonly string[]
}

const NOTHING: readonly string[] = []
/** What becomes of a message of which no rule says anything. */
export const UNTOUCHED: Judged = { lost: null, delaysMs: [0], lateMs: [0], fired: NOTHING, told: NOTHING }
/** Of a message on a link that somebody has cut by hand. */
export const CUT: Judged = { lost: 'cut', delaysMs: [], lateMs: [], fired: NOTHING, told: NOTHING }

/**
 * Rules are asked in the order of the plan: delays add up, the first loss is
 * final, and each duplicate adds a copy, for which the rules of timing and order
 * are asked once more: copies are independent of each other and may overtake.
 */
export function judge(rules: readonly FaultRule[], envelope: Envelope, random: Random): Judged {
  if (rules.length === 0) return UNTOUCHED
  const fired: string[] = []
  const told: string[] = []
  let delayMs = 0
  let lateMs = 0
  let copies = 0
  for (const rule of rules) {
    const fate = rule.judge(envelope, random)
    if (fate.fate === 'pass') continue
    if (fate.fate === 'lost') {
      return { lost: fate.cause, delaysMs: [], lateMs: [], fired: counted([], rule), told: NOTHING }
    }
    counted(fired, rule)
    if (fate.fate === 'duplicate') copies++
    else if (fate.fate === 'late') {
      lateMs = sumMs(lateMs, fate.ms)
      told.push(`is late by ${fate.ms} ms (${rule.text})`)
    } else {
      delayMs = sumMs(delayMs, fate.ms)
      if (fate.fate === 'hold') told.push(`is held (${rule.text})`)
    }
  }
  const [delaysMs, latesMs] = [[delayMs], [lateMs]]
  for (; copies > 0; copies--) again(rules, envelope, random, delaysMs, latesMs)
  return { lost: null, delaysMs, lateMs: latesMs, fired, told }
}

/**
 * Whether a rule says how long messages take, all the time: a world without one has latencies of its
 * own. One that comes and goes adds to these.
 */
export const setsLatency = ({ breaks, window }: FaultRule): boolean =>
  breaks === 'timing' && window === undefined

function counted(fired: string[], { text, isTimed }: FaultRule): string[] {
  if (!isTimed) fired.push(text)
  return fired
}

function again(
  rules: readonly FaultRule[],
  envelope: Envelope,
  random: Random,
  delaysMs: number[],
  latesMs: number[],
): void {
  let [delayMs, lateMs] = [0, 0]
  for (const rule of rules) {
    if (rule.breaks !== 'timing' && rule.breaks !== 'fifo') continue
    const fate = rule.judge(envelope, random)
    if (fate.fate === 'deliver after' || fate.fate === 'hold') delayMs = sumMs(delayMs, fate.ms)
    else if (fate.fate === 'late') lateMs = sumMs(lateMs, fate.ms)
  }
  delaysMs.push(delayMs)
  latesMs.push(lateMs)
}

/** In whole µs, or 0.1 + 0.2 ms would be a little more than 0.3. */
const sumMs = (a: number, b: number): number => Math.round((a + b) * 1000) / 1000
