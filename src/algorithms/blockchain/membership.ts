/** Who is there: gossip about oneself and others, and those not heard of for a while are dropped. */
import type { Context, ProcessId } from '../../model/process.ts'
import type { Blockchain, BlockchainOptions } from './vocabulary.ts'

/** To so many of its own a process passes on what it hears. */
const FORWARDS = 3
/** Ids of gossip that are remembered: several rounds of all who reach a process. */
const HEARD_MAX = 500

type Gossip = Extract<Blockchain['message'], { type: 'gossip' }>

export function membership(
  { self, outgoing, random, now, send, setTimer }: Context<Blockchain>,
  state: Blockchain['state'],
  { gossipMs, silentMs, known, hops: hopsMax }: BlockchainOptions,
) {
  function met(peer: ProcessId) {
    // Its neighbours it always keeps: as they keep it, what all tell theirs reaches everyone.
    const isKept = state.peers.has(peer) || state.peers.size < known || outgoing.includes(peer)
    if (isKept) state.peers.set(peer, now())
  }
  function remember(id: string) {
    state.heard.push(id)
    if (state.heard.length > HEARD_MAX) state.heard.shift()
  }
  /** Some of those, in the order of a draw. */
  function some(peers: ProcessId[], count: number): ProcessId[] {
    const drawn: ProcessId[] = []
    while (drawn.length < count && peers.length > 0)
      drawn.push(...peers.splice(random.below(peers.length), 1))
    return drawn
  }

  return {
    met,
    /** Tells of itself, and drops who has been silent. */
    gossip() {
      for (const [peer, heardMs] of state.peers) {
        if (now() - heardMs > silentMs) state.peers.delete(peer)
      }
      const id = `${self}.${Math.floor(now())}.${state.gossips++}`
      remember(id)
      for (const peer of new Set([...[...state.peers.keys()].sort(), ...outgoing])) {
        send(peer, { type: 'gossip', id, origin: self, name: self, hops: 0 })
      }
      setTimer({ type: 'gossip' }, gossipMs * 0.9, gossipMs * 1.1)
    },
    heard(gossip: Gossip, from: ProcessId) {
      if (gossip.hops === 0 && gossip.origin !== from) {
        state.refused.gossip++ // at first hand everyone speaks for itself
        return
      }
      met(from)
      if (gossip.origin === self || state.heard.includes(gossip.id)) return
      remember(gossip.id)
      send(gossip.origin, { type: 'gossipReply', name: self })
      if (gossip.hops >= hopsMax) return
      const others = [...state.peers.keys()].sort().filter((peer) => peer !== from && peer !== gossip.origin)
      for (const peer of some(others, FORWARDS)) send(peer, { ...gossip, hops: gossip.hops + 1 })
    },
  }
}
