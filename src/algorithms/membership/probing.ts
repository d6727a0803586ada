/**
 * Who does not answer? Each period one member is asked, each once a round in an
 * order that is drawn anew; if it is late, some others are asked to ask it; and if
 * it has not answered by the end of the period it is suspected (SWIM, §3.1, §4.3).
 */
import type { ProcessId } from '../../model/process.ts'
import { distrust, expire, gossip, hear, others } from './accounts.ts'
import { isPresent, textOf } from './members.ts'
import type { Here } from './vocabulary.ts'

/** What is passed on for another is answered within its period, or too late. */
const RELAY_PERIODS = 2

export function nextPeriod(here: Here): void {
  const { context, state, choices } = here
  const { probe } = state
  if (probe !== null && !probe.acked) suspect(here, probe.target)
  state.period++
  for (const [seq, { period }] of state.relays) {
    if (state.period - period >= RELAY_PERIODS) state.relays.delete(seq)
  }
  expire(here)
  const target = next(here)
  state.probe = target === null ? null : { target, seq: ++state.seq, acked: false }
  if (target !== null) {
    context.send(target, { type: 'ping', seq: state.seq, news: gossip(here) })
    context.setTimer({ type: 'late', seq: state.seq }, choices.lateMs)
  }
  context.setTimer({ type: 'period' }, choices.periodMs)
}

function suspect(here: Here, process: ProcessId): void {
  const member = here.state.members.get(process)
  if (member?.status === 'alive') hear(here, { ...member, status: 'suspect' }, here.context.self)
}

/** The next of this round; when it is over, all in another order. */
function next(here: Here): ProcessId | null {
  const { state } = here
  for (;;) {
    if (state.order.length === 0) state.order = shuffled(here)
    const process = state.order.pop()
    if (process === undefined) return null
    const member = state.members.get(process)
    if (member !== undefined && isPresent(member)) return process
  }
}

function shuffled(here: Here): ProcessId[] {
  const left = others(here)
  for (let i = left.length - 1; i > 0; i--) {
    const j = here.context.random.below(i + 1)
    const moved = left[i]!
    left[i] = left[j]!
    left[j] = moved
  }
  return left
}

/** The direct answer has not come in time: perhaps it is only the way that is bad. */
export function askOthers(here: Here, seq: number): void {
  const { context, state, choices } = here
  const { probe } = state
  if (probe === null || probe.seq !== seq || probe.acked) return
  const left = others(here).filter((process) => process !== probe.target)
  for (let i = 0; i < choices.proxies && left.length > 0; i++) {
    const [proxy] = left.splice(context.random.below(left.length), 1)
    context.send(proxy!, { type: 'pingReq', seq, target: probe.target, news: gossip(here) })
  }
}

/** Whoever is taken for dead and asks is told so: it can say that it is not. */
export function answer(here: Here, seq: number, from: ProcessId): void {
  const { context, state } = here
  const news = gossip(here)
  const said = state.members.get(from)
  const mistaken = said !== undefined && said.status !== 'alive' ? [textOf(said)] : []
  context.send(from, { type: 'ack', seq, news: [...new Set([...mistaken, ...news])] })
}

export function passOn(here: Here, seq: number, target: ProcessId, asker: ProcessId): void {
  const { context, state } = here
  if (target === context.self) return distrust(here, asker)
  if (!state.members.has(target)) return
  state.relays.set(++state.seq, { asker, seq, target, period: state.period })
  context.send(target, { type: 'ping', seq: state.seq, news: gossip(here) })
}

export function answered(here: Here, seq: number, from: ProcessId): void {
  const { context, state } = here
  if (state.probe?.target === from) settle(here, seq)
  const relay = state.relays.get(seq)
  if (relay === undefined || relay.target !== from) return
  state.relays.delete(seq)
  context.send(relay.asker, { type: 'relayed', seq: relay.seq, target: from, news: gossip(here) })
}

export function relayed(here: Here, seq: number, target: ProcessId): void {
  if (here.state.probe?.target === target) settle(here, seq)
}

function settle({ context, state: { probe } }: Here, seq: number): void {
  if (probe?.seq !== seq) return
  probe.acked = true
  context.cancelTimer({ type: 'late', seq })
}

/** It had all the time that it needs to say that it lives. */
export function bury(here: Here, process: ProcessId, incarnation: number): void {
  const member = here.state.members.get(process)
  if (member?.status !== 'suspect' || member.incarnation !== incarnation) return
  hear(here, { ...member, status: 'dead' }, here.context.self)
}
