/**
 * A table of keys and values that nobody holds whole, found in a logarithmic number of steps.
 *
 *   P. Maymounkov and D. Mazières, "Kademlia: A Peer-to-peer Information System
 *   Based on the XOR Metric", IPTPS 2002. What is numbered by work: S/Kademlia
 *   (I. Baumgart and S. Mies, ICPADS 2007, §4.1).
 *
 * Assumes   partial synchrony: from some time on, a question and its answer take less than `answerMs`; one of
 *           the first `boots` processes is up when somebody joins; clocks run at one rate; nobody lies about
 *           values. Neither FIFO nor reliable channels nor the absence of duplicates. Any number may crash
 *           and come back. It is quiet when for 4 times `refreshMs` nobody came or went or was late.
 * Promises  CLOSEST      in quiet times a lookup returns the k nearest of all processes that are up;
 *           FOUND        a value is found as long as one of the k nearest to its key holds it, and nobody who
 *                        is up is taken for dead;
 *           ANSWERED     every request of a process that stays up is answered, once;
 *           HOPS         in quiet times a lookup takes at most ⌈log₂ n⌉ + 1 hops;
 *           BUCKETS      bucket i holds at most k, all at a distance in [2^i, 2^(i+1));
 *           PROVED       whoever is in a bucket has done the work for its number;
 *           KEPT         nobody leaves a bucket but who did not answer;
 *           NO INVENTION what is got under a key was put under it;
 *           EXPIRY       and has not outlived its time.
 *
 * What is done where: xor-metric, routing-table, lookup, rate-limit and values are pure; peers says whom
 * to believe and to ask, operations what is made of lookups; here is what happens when.
 */
import type { Algorithm, ProcessId } from '../../model/process.ts'
import { mine, proves, textOf } from './identity.ts'
import {
  copied,
  far,
  gotten,
  hold,
  keyId,
  lookUp,
  named,
  persist,
  refresh,
  secretOf,
  serve,
  without,
} from './operations.ts'
import { admit, answer, ask, blame, giveUp, heard, isWithin, meet, rateOf, settle } from './peers.ts'
import { forgetIdle } from './rate-limit.ts'
import { complaint, keyComplaint, TTL_MAX_MS, VALUE_MAX } from './requests.ts'
import { bucketAt, closest, emptyTable, everyone } from './routing-table.ts'
import { forgetExpired, type Item, inOrder as itemsOf, noValues, read } from './values.ts'
import type { Choices, Here, Kademlia, Reason, Rules } from './vocabulary.ts'
import { bucketOf } from './xor-metric.ts'

export const RULES: Rules = {
  place: bucketOf,
  isProved: ({ id }, _, difficulty) => proves(id, difficulty),
  whenFull: 'ask the oldest',
  lifetime: (leftMs) => leftMs,
}

export const kademlia = (choices: Choices, rules: Rules = RULES): Algorithm<Kademlia> => ({
  initial({ self }) {
    const contact = mine(self, choices.difficulty)
    return {
      self: contact,
      phase: 'out',
      table: emptyTable(contact.id),
      lookups: new Map(),
      puts: new Map(),
      questions: new Map(),
      numbers: 0,
      values: noValues(),
      allowances: new Map(),
      scores: new Map(),
      counts: { refused: 0, limited: 0, late: 0 },
      waiting: [],
      friends: [],
    }
  },

  upon(context, state) {
    const here: Here = { context, state, choices, rules }
    const handlers = { request: requests(here), message: { ...questions(here), ...answers(here) } }
    return {
      ...handlers,
      start() {
        begin(here)
      },
      recover(stored) {
        const { epoch, values } = stored ?? { epoch: 0, values: new Map() }
        state.values = { epoch: epoch + 1, count: 0, items: values } // of this life: nonces never come twice
        state.friends = stored?.friends ?? []
        begin(here)
      },
      timeout: timeouts(here),
    }
  },
})

/** Somewhere within an interval and its half, lest all do it at once. */
const every = ({ context }: Here, type: 'refresh' | 'replicate' | 'republish', ms: number) =>
  context.setTimer({ type }, ms, ms + Math.floor(ms / 2))

function begin(here: Here): void {
  const { context, state, choices } = here
  context.indicate({ type: 'numbered', nonce: state.self.nonce })
  persist(here)
  context.setTimer({ type: 'join' }, 0, choices.joinMs)
  every(here, 'refresh', choices.refreshMs)
  every(here, 'replicate', choices.replicateMs)
  every(here, 'republish', choices.republishMs)
}

/** Whom everybody knows by name. */
const boots = ({ context, choices }: Here) => context.outgoing.slice(0, choices.boots)

function requests(here: Here) {
  const asked = (request: Kademlia['request']) => {
    const { state, context, choices } = here
    const why = complaint(request, choices)
    if (why !== null) context.indicate({ type: 'fail', id: request.id, why })
    else if (state.phase === 'in') serve(here, request)
    else state.waiting.push(request)
  }
  return { find: asked, put: asked, get: asked }
}

type Message<Type> = Extract<Kademlia['message'], { type: Type }>

/** What others ask of it. Whoever asks has said something, and is heard of. */
function questions(here: Here) {
  const { state, context, choices } = here
  const isWelcome = ({ nonce }: { nonce: number }, from: ProcessId) => {
    if (!isWithin(here, from)) return false
    const contact = admit(here, from, nonce)
    if (contact !== null) heard(here, contact)
    return contact !== null
  }
  const nodes = (target: string, rpc: number, from: ProcessId) => {
    const near = closest(state.table, target, choices.k + 1).filter(({ process }) => process !== from)
    answer(here, from, rpc, { type: 'nodes', contacts: near.slice(0, choices.k).map(textOf) })
  }
  return {
    ping(message: Message<'ping'>, from: ProcessId) {
      if (isWelcome(message, from)) answer(here, from, message.rpc, { type: 'pong' })
    },
    findNode(message: Message<'findNode'>, from: ProcessId) {
      if (isWelcome(message, from)) nodes(message.target, message.rpc, from)
    },
    findValue(message: Message<'findValue'>, from: ProcessId) {
      if (!isWelcome(message, from)) return
      const { key, rpc } = message
      const there = read(state.values, secretOf(here), key, context.now())
      if (there === null) nodes(keyId(key), rpc, from)
      else answer(here, from, rpc, { type: 'value', value: there.value })
    },
    store(message: Message<'store'>, from: ProcessId) {
      if (!isWelcome(message, from)) return
      const { rpc, key, value, version, ttlMs, replication } = message
      const fits = keyComplaint(key) === null && value.length <= VALUE_MAX && ttlMs <= TTL_MAX_MS
      if (!fits) return blame(here, from)
      const isKept = hold(here, key, { value, version, leftMs: ttlMs, replication }, 'held')
      answer(here, from, rpc, { type: 'stored', isKept })
    },
  }
}

/** What others answer. One that does not fit its question is none. */
function answers(here: Here) {
  const { state, choices } = here
  const none = (from: ProcessId, reason: Reason) => {
    blame(here, from)
    without(here, from, reason)
  }
  return {
    pong(message: Message<'pong'>, from: ProcessId) {
      const reason = settle(here, message, from)
      if (reason === null || reason.type === 'alive') return
      if (reason.type !== 'meet') return none(from, reason)
      if (state.phase !== 'out') return
      state.phase = 'joining'
      lookUp(here, state.self.id, { type: 'join' })
    },
    nodes(message: Message<'nodes'>, from: ProcessId) {
      const reason = settle(here, message, from)
      if (reason === null) return
      if (reason.type !== 'lookup' || message.contacts.length > choices.k) return none(from, reason)
      named(here, reason.lookup, from, message.contacts)
    },
    value(message: Message<'value'>, from: ProcessId) {
      const reason = settle(here, message, from)
      if (reason === null) return
      const { value } = message
      const fits = reason.type === 'lookup' && value.length <= VALUE_MAX
      if (!fits || !gotten(here, reason.lookup, from, value)) none(from, reason)
    },
    stored(message: Message<'stored'>, from: ProcessId) {
      const reason = settle(here, message, from)
      if (reason === null) return
      if (reason.type === 'put') copied(here, reason.put, message.isKept)
      else none(from, reason)
    },
  }
}

function timeouts(here: Here) {
  const { state, context, choices } = here
  return {
    join() {
      if (state.phase === 'in') return
      if (context.outgoing.length === 0) return lookUp(here, state.self.id, { type: 'join' }) // it is alone
      const others = new Set([...boots(here), ...state.friends]) // those of before a crash
      if (state.phase === 'out') for (const process of others) meet(here, process)
      context.setTimer({ type: 'join' }, 2 * choices.answerMs) // until somebody has answered
    },
    refresh() {
      every(here, 'refresh', choices.refreshMs)
      const before = context.now() - choices.refreshMs
      forgetExpired(state.values, context.now())
      forgetIdle(state.allowances, context.now(), rateOf(here))
      if (state.phase !== 'in') return
      const known = everyone(state.table)
      for (const contact of known) {
        if (contact.heardMs <= before) ask(here, contact, { type: 'ping' }, { type: 'alive' })
      }
      // Two halves that lost sight of each other find together again by those whom all can name.
      for (const boot of boots(here)) if (!known.some(({ process }) => process === boot)) meet(here, boot)
      lookUp(here, state.self.id, { type: 'refresh' })
      for (const index of far(here)) {
        const { known, lookedUpMs } = bucketAt(state.table, index)
        if (known.length < choices.k && lookedUpMs <= before) refresh(here, index)
      }
      persist(here)
    },
    replicate() {
      every(here, 'replicate', choices.replicateMs)
      const before = context.now() - choices.replicateMs
      // Of those who hold it, the first tells the others, and they need not do it again (§2.5).
      again(here, ({ isHeld, toldMs }) => isHeld && toldMs <= before)
    },
    republish() {
      every(here, 'republish', choices.republishMs)
      again(here, ({ isOwn }) => isOwn)
    },
    unanswered({ rpc }: { rpc: number }) {
      const { to, reason } = giveUp(here, rpc)
      without(here, to.process, reason)
    },
  }
}

function again(here: Here, isMeant: (item: Item) => boolean): void {
  const { state, context } = here
  if (state.phase !== 'in') return
  for (const [key, item] of itemsOf(state.values)) {
    if (item.expiresMs > context.now() && isMeant(item))
      lookUp(here, keyId(key), { type: 'put', id: null, key })
  }
}
