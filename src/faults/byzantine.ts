/**
 * A process that lies: an algorithm around an algorithm, which passes on all that
 * the one inside does but for some of what it sends. It has no memory of its own;
 * its dice are a function of the seed, the process and the message, so that taken
 * up again in the middle of a run it goes on with the same lies.
 *
 * After L. Lamport, R. Shostak, M. Pease, "The Byzantine Generals Problem", ACM
 * TOPLAS 4(3), 1982: a traitor may tell different things to different generals.
 */
import { canonical } from '../lib/canonical.ts'
import { Prng } from '../lib/prng.ts'
import type { FaultPlan, Liar } from '../model/fault.ts'
import type { Algorithm, Context, ProcessId, Signature, Tagged } from '../model/process.ts'
import type { AnyShapes } from '../model/shape.ts'
import { innermostType } from '../model/superposition.ts'
import { liesAbout } from './lie.ts'

/** What a lie is made of, and who is told of it. */
export interface Society {
  readonly seed: number
  readonly ids: readonly ProcessId[]
  readonly shapes: AnyShapes // of messages
  /** The liar has struck: `what` it did to a message for `to`. */
  readonly struck: (liar: Liar, what: string, to: ProcessId) => void
}

/** The algorithm as a process of the plan runs it. */
export function asRunBy<S extends Signature>(
  process: ProcessId,
  algorithm: Algorithm<S>,
  { liars = [] }: FaultPlan,
  society: Society,
): Algorithm<S> {
  const own = liars.filter((liar) => liar.process === process)
  return own.length === 0 ? algorithm : byzantine(algorithm, own, society)
}

export function byzantine<S extends Signature>(
  { initial, upon }: Algorithm<S>,
  liars: readonly Liar[],
  society: Society,
): Algorithm<S> {
  return {
    initial,
    upon: (context, state) => {
      const send: Context<S>['send'] = (to, message) => {
        const told = liars.reduce<Tagged | null>(
          (said, liar) => (said === null || !isNow(liar, context) ? said : telling(liar, said, to)),
          message,
        )
        if (told !== null) context.send(to, told as S['message'])
      }
      const telling = (liar: Liar, message: Tagged, to: ProcessId) =>
        tells(liar, message, to, context.self, society)
      return upon({ ...context, send }, state)
    },
  }
}

function isNow<S extends Signature>({ fromMs, toMs }: Liar, context: Context<S>): boolean {
  if (fromMs === 0 && toMs === null) return true
  const nowMs = context.now()
  return nowMs >= fromMs && (toMs === null || nowMs < toMs)
}

/** What it says instead; null for nothing. */
function tells(
  liar: Liar,
  message: Tagged,
  to: ProcessId,
  self: ProcessId,
  { seed, ids, shapes, struck }: Society,
): Tagged | null {
  const type = innermostType(message)
  if (liar.type !== null && liar.type !== type) return message
  if (liar.does === 'silent') {
    struck(liar, `keeps ${type} from ${to}`, to)
    return null
  }
  const lies = liesAbout(message, liar.field!, ids, shapes)
  if (lies.length === 0) return message
  const dice = new Prng(seed, 'byzantine', self, liar.text, canonical(message))
  const lie = liar.does === 'lies' ? dice.pick(lies) : oneOfMany(message, lies, ids.indexOf(to), dice)
  if (lie !== message) struck(liar, `tells ${to} a lie about ${type}.${liar.field}`, to)
  return lie
}

/** The truth and all lies go round among the receivers: no two neighbours in the list hear the same. */
function oneOfMany(message: Tagged, lies: readonly Tagged[], receiver: number, dice: Prng): Tagged {
  const said = [message, ...lies]
  return said[(dice.below(said.length) + receiver) % said.length]!
}
