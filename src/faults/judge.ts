/** What the rules of a plan together make of one message. */
import type { Random } from '../lib/prng.ts'
import type { Envelope, FaultRule } from '../model/fault.ts'

export interface Judged {
  readonly lost: string | null // the cause
  /** One for each copy that is delivered, the message itself first; empty if it is lost. Whole µs. */
  readonly delaysMs: readonly number[]
  /** The texts of the rules that did something. Of a lost message only the rule that lost it. */
  readonly fired: readonly string[]
}

const UNTOUCHED: Judged = { lost: null, delaysMs: [0], fired: [] }

/**
 * Rules are asked in the order of the plan: delays add up, the first loss is
 * final, and each duplicate adds a copy, for which the rules of timing are asked
 * once more: copies are independent of each other and may overtake.
 */
export function judge(rules: readonly FaultRule[], envelope: Envelope, random: Random): Judged {
  if (rules.length === 0) return UNTOUCHED
  const fired: string[] = []
  let delayMs = 0
  let copies = 0
  for (const rule of rules) {
    const fate = rule.judge(envelope, random)
    if (fate.fate === 'pass') continue
    if (fate.fate === 'lost') return { lost: fate.cause, delaysMs: [], fired: [rule.text] }
    if (fate.fate === 'duplicate') copies++
    else delayMs = sumMs(delayMs, fate.ms)
    fired.push(rule.text)
  }
  const delaysMs = [delayMs]
  for (; copies > 0; copies--) delaysMs.push(delayOf(rules, envelope, random))
  return { lost: null, delaysMs, fired }
}

function delayOf(rules: readonly FaultRule[], envelope: Envelope, random: Random): number {
  let delayMs = 0
  for (const rule of rules) {
    if (rule.breaks !== 'timing') continue
    const fate = rule.judge(envelope, random)
    if (fate.fate === 'deliver after') delayMs = sumMs(delayMs, fate.ms)
  }
  return delayMs
}

/** In whole µs, or 0.1 + 0.2 ms would be a little more than 0.3. */
const sumMs = (a: number, b: number): number => Math.round((a + b) * 1000) / 1000
