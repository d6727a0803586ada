import { type Judged, judge } from '../../faults/judge.ts'
import type { Envelope, FaultRule } from '../../model/fault.ts'
import type { Streams } from './streams.ts'

/**
 * What the fault rules make of each message. Each rule throws dice of its own for each message, so
 * that a rule that is taken away, or a message that is not sent, changes nothing for the others.
 */
export class Fates {
  readonly #rules: readonly FaultRule[]
  /** The message under judgement: its sender, its receiver, and its number on their channel. */
  #from = 0
  #to = 0
  #nth = 0
  #judged = 0 // messages so far

  constructor(rules: readonly FaultRule[], streams: Streams) {
    const same = new Map<string, number>() // a rule may be in the plan twice
    this.#rules = rules.map((rule) => {
      const before = same.get(rule.text) ?? 0
      same.set(rule.text, before + 1)
      return this.#apart(rule, streams, before)
    })
  }

  get any(): boolean {
    return this.#rules.length > 0
  }

  of(envelope: Envelope, from: number, to: number, nth: number): Judged {
    this.#from = from
    this.#to = to
    this.#nth = nth
    this.#judged++
    return judge(this.#rules, envelope, UNUSED)
  }

  #apart(rule: FaultRule, streams: Streams, before: number): FaultRule {
    const concern = streams.concern('fault', rule.text, before)
    let thrownFor = 0
    let dice = concern.at(0, 0, 0)
    return {
      ...rule,
      judge: (envelope) => {
        // For the copies of a message a rule is asked again, and goes on with its dice.
        if (thrownFor !== this.#judged) dice = concern.at(this.#from, this.#to, this.#nth)
        thrownFor = this.#judged
        return rule.judge(envelope, dice)
      },
    }
  }
}

const UNUSED = {
  below: () => 0,
  pick: <T>(items: readonly T[]) => items[0]!,
  chance: () => false,
}
