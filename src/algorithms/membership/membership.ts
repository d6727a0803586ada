/**
 * Who is there? Processes come, go and die, nobody is in charge, and each keeps a list of the others.
 *
 *   A. Das, I. Gupta and A. Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process Group
 *   Membership Protocol", DSN 2002: probing by one and then by others (§3.1), news that rides on
 *   probes (§4.1), suspicion and incarnations (§4.2), probing in turn (§4.3).
 *
 * Assumes   links between all; partial synchrony: from some time on a question and its answer, by way of
 *           others too, take less than a period; a boot node or a friend is up when somebody joins;
 *           nobody lies about others. What is sent may be lost, doubled and overtaken; processes may
 *           crash and recover, the boot nodes too, and networks part and heal.
 * Promises  SUSPECTED FIRST  nobody is declared dead but after it was suspected, in that incarnation,
 *                            for as long as it was told it would be;
 *           IN TIME          a member suspects whoever crashed or left within 2n of its own periods, and
 *                            strikes it off within suspicionPeriods · log₂ n more;
 *           COMPLETENESS     in the end whoever crashed or left is on nobody's list;
 *           ACCURACY         in the end every member that is up is on the lists of all the others;
 *           PROVED           whoever is on a list has worked for it;
 *           NO INVENTION     and has asked to be a member;
 *           INCARNATION      of one process nobody hears of an older incarnation after a newer;
 *           CONSTANT LOAD    what a member sends in a period does not depend on how many members there are.
 *
 * What is done where: members is pure, accounts takes in what is told, then joining, probing, syncing;
 * here is what happens when.
 */
import type { Algorithm, ProcessId } from '../../model/process.ts'
import { hearAll, isIn, isTrusted, others } from './accounts.ts'
import { mine } from './identity.ts'
import { admit, begin, comesLater, farewell, leave, refused, tryToJoin, welcomed } from './joining.ts'
import { answer, answered, askOthers, bury, nextPeriod, passOn, relayed } from './probing.ts'
import { compare, filled, fillGaps, syncWithSomebody } from './syncing.ts'
import type { Choices, Here, Membership } from './vocabulary.ts'

/** Answers to what was asked before a crash must not be taken for answers to what is asked after. */
const QUESTIONS_A_LIFE = 2 ** 24

export const membership = (choices: Choices): Algorithm<Membership> => ({
  initial: ({ self }) => ({
    phase: 'out',
    nonce: mine(self, choices.difficulty),
    incarnation: 0,
    life: 0,
    seq: 0,
    members: new Map(),
    goneMs: new Map(),
    news: new Map(),
    order: [],
    probe: null,
    relays: new Map(),
    period: 0,
    joining: { tries: 0, waitMs: choices.retryMs },
    unanswered: new Map(),
    nonsense: new Map(),
    friends: [],
  }),

  upon(context, state) {
    const here: Here = { context, state, choices }
    return {
      start() {
        if (!comesLater(here)) begin(here)
      },
      recover(stored) {
        if (stored === null) return // it had never come
        state.life = stored.life + 1
        state.seq = state.life * QUESTIONS_A_LIFE
        state.incarnation = stored.incarnation + 1
        state.friends = stored.friends
        if (stored.isIn) begin(here)
      },
      request: requests(here),
      message: messages(here),
      timeout: {
        join: () => tryToJoin(here),
        period: () => nextPeriod(here),
        late: ({ seq }) => askOthers(here, seq),
        suspicion: ({ process, incarnation }) => bury(here, process, incarnation),
        sync: () => syncWithSomebody(here),
      },
    }
  },
})

function requests(here: Here) {
  const { context, state } = here
  const fail = (id: string, reason: string) => context.indicate({ type: 'fail', id, reason })
  return {
    join({ id }: { id: string }) {
      if (state.phase === 'out') begin(here)
      else fail(id, isIn(here) ? 'it is a member already' : 'it is joining already')
    },
    leave({ id }: { id: string }) {
      if (isIn(here)) leave(here)
      else fail(id, 'it is no member')
    },
    members({ id }: { id: string }) {
      if (!isIn(here)) return fail(id, 'it is no member')
      context.indicate({ type: 'members', id, members: [context.self, ...others(here)].sort() })
    },
  }
}

type Message<Type> = Extract<Membership['message'], { type: Type }>

function messages(here: Here) {
  /** Of members, and of those that may be: not of whoever has talked nonsense, nor when it is out itself. */
  const heard =
    <Type extends Membership['message']['type']>(take: (message: Message<Type>, from: ProcessId) => void) =>
    (message: Message<Type>, from: ProcessId) => {
      if (!isIn(here) || !isTrusted(here, from)) return
      if ('news' in message) hearAll(here, message.news, from)
      take(message, from)
    }
  return {
    join: heard<'join'>((message, from) => admit(here, message, from)),
    welcome: ({ members }: Message<'welcome'>, from: ProcessId) => welcomed(here, members, from),
    refusal: ({ reason }: Message<'refusal'>) => refused(here, reason),
    ping: heard<'ping'>(({ seq }, from) => answer(here, seq, from)),
    ack: heard<'ack'>(({ seq }, from) => answered(here, seq, from)),
    pingReq: heard<'pingReq'>(({ seq, target }, from) => passOn(here, seq, target, from)),
    relayed: heard<'relayed'>(({ seq, target }) => relayed(here, seq, target)),
    sync: heard<'sync'>(({ hash }, from) => compare(here, hash, from)),
    differs: heard<'differs'>(({ digest }, from) => fillGaps(here, digest, from)),
    fill: heard<'fill'>(({ members, wanted }, from) => filled(here, members, wanted, from)),
    farewell: heard<'farewell'>(({ member }, from) => farewell(here, member, from)),
  }
}
