/** The rules of a plan: functions of a message and of dice. */
import { Bug } from '../lib/assert.ts'
import type { Random } from '../lib/prng.ts'
import type { Assumption, Envelope, Fate, FaultRule } from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'
import { severs } from './division.ts'
import { drawUs } from './draw.ts'
import { endUs, type Fault, type FaultOf, hasWindow, type Scope, type Window } from './fault.ts'
import { faultText } from './fault-text.ts'
import { faultForms } from './forms.ts'
import { regionUs } from './regions.ts'

/** A fault that messages are asked of. */
export type Rule = FaultOf<
  'latency' | 'jitter' | 'loss' | 'nth loss' | 'duplicate' | 'reorder' | 'cut' | 'partition'
>

/** Links that are down and keep what is sent on them take nothing but time. */
export function breaks(fault: Fault): Assumption {
  if ('held' in fault && fault.held) return 'timing'
  const name = fault.kind === 'nth loss' ? 'loss' : fault.kind
  return faultForms.find((form) => form.name === name)!.breaks
}

export function ruleOf(fault: Rule, ids: readonly ProcessId[] | null): FaultRule {
  const window = hasWindow(fault) ? windowOf(fault) : undefined
  return {
    text: faultText(fault),
    breaks: breaks(fault),
    ...(window === undefined ? {} : { window }),
    ...(fault.kind === 'nth loss' ? { counts: true } : {}),
    ...(fault.kind === 'cut' || fault.kind === 'partition' ? { isTimed: true } : {}),
    judge: judgeOf(fault, ids),
  }
}

const windowOf = (fault: Window): FaultRule['window'] =>
  fault.atUs === 0 && fault.forUs === null
    ? undefined
    : { fromMs: fault.atUs / 1000, toMs: fault.forUs === null ? null : endUs(fault) / 1000 }

const PASS: Fate = { fate: 'pass' }
const LOST: Fate = { fate: 'lost', cause: 'loss' }
const CUT: Fate = { fate: 'lost', cause: 'cut' }
const DUPLICATE: Fate = { fate: 'duplicate' }
const MILLION = 1_000_000

type Judge = FaultRule['judge']

function judgeOf(fault: Rule, ids: readonly ProcessId[] | null): Judge {
  switch (fault.kind) {
    case 'latency':
    case 'jitter': {
      const { delay } = fault
      if (delay.law === 'regions')
        return during(fault, ({ from, to }) => ({ fate: 'deliver after', ms: regionUs(from, to) / 1000 }))
      return during(fault, (_, random) => ({ fate: 'deliver after', ms: drawUs(delay, random) / 1000 }))
    }
    case 'loss':
    case 'duplicate': {
      const fate = fault.kind === 'loss' ? LOST : DUPLICATE
      return during(fault, (_, random) => (random.chance(fault.millionths, MILLION) ? fate : PASS))
    }
    case 'reorder': {
      const late = (random: Random): Fate => ({ fate: 'late', ms: drawUs(fault.delay, random) / 1000 })
      return during(fault, (_, random) => (random.chance(fault.millionths, MILLION) ? late(random) : PASS))
    }
    case 'nth loss':
      return (envelope) => (concerns(fault.scope, envelope) && envelope.nth === fault.nth - 1 ? LOST : PASS)
    case 'cut': {
      const scope: Scope = { type: null, between: fault.link, oneWay: fault.oneWay }
      return severed(fault, (envelope) => concerns(scope, envelope))
    }
    case 'partition': {
      if (ids === null) return unplaced
      const parts = severs(fault, ids)
      return severed(fault, ({ from, to }) => parts(from, to))
    }
  }
}

const unplaced: Judge = () => {
  throw new Bug('a partition is asked of a message before it knows who there is: see `placed`')
}

/** No dice are thrown for a message the rule is not about. */
function during(fault: Window & { readonly scope: Scope }, draw: Judge): Judge {
  const { scope } = fault
  const isNow = within(fault)
  return (envelope, random) =>
    isNow(envelope.nowMs) && concerns(scope, envelope) ? draw(envelope, random) : PASS
}

function severed(fault: Window & { readonly held: boolean }, parts: (envelope: Envelope) => boolean): Judge {
  const isNow = within(fault)
  const toMs = endUs(fault) / 1000
  return (envelope) => {
    if (!isNow(envelope.nowMs) || !parts(envelope)) return PASS
    return fault.held ? { fate: 'hold', ms: toMs - envelope.nowMs } : CUT
  }
}

function within(window: Window): (nowMs: number) => boolean {
  const [fromMs, toMs] = [window.atUs / 1000, endUs(window) / 1000]
  return (nowMs) => nowMs >= fromMs && nowMs < toMs
}

function concerns({ type, between, oneWay }: Scope, { from, to, type: own }: Envelope): boolean {
  if (type !== null && type !== own) return false
  if (between === null) return true
  const [a, b] = between
  return (from === a && to === b) || (!oneWay && from === b && to === a)
}
