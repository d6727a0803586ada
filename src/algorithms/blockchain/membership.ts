/** Who is there: gossip about oneself and others, and those not heard of for a while are dropped. */
import type { Context, ProcessId } from '../../model/process.ts'
import type { Standing } from './standing.ts'
import type { Blockchain, BlockchainOptions } from './vocabulary.ts'

/** To so many of its own a process passes on what it hears. */
const FORWARDS = 3
/** Ids of gossip that are remembered: several rounds of all who reach a process. */
const HEARD_MAX = 500

type Gossip = Extract<Blockchain['message'], { type: 'gossip' }>

/** What no honest process passes on; null if nothing. */
function falsehood({ id, origin, name, hops }: Gossip, from: ProcessId, hopsMax: number): string | null {
  if (name !== origin || !id.startsWith(`${origin}.`)) return `it tells of ${origin} under another name`
  if ((hops === 0) !== (origin === from)) return `it tells of ${origin} what only ${origin} can tell`
  return hops > hopsMax ? `it passes on what has been passed on ${hops - 1} times` : null
}

export function membership(
  { self, outgoing, random, now, send, setTimer }: Context<Blockchain>,
  state: Blockchain['state'],
  { gossipMs, silentMs, known, hops: hopsMax }: BlockchainOptions,
  { blame }: Standing,
) {
  function met(peer: ProcessId) {
    // Its neighbours it always keeps: as they keep it, what all tell theirs reaches everyone.
    const isKept = state.peers.has(peer) || state.peers.size < known || outgoing.includes(peer)
    if (isKept) state.peers.set(peer, now())
  }
  function dropSilent() {
    for (const [peer, heardMs] of state.peers) {
      if (now() - heardMs > silentMs) state.peers.delete(peer)
    }
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
    dropSilent,
    /** Tells of itself, and drops who has been silent. */
    gossip() {
      dropSilent()
      const id = `${self}.${Math.floor(now())}.${state.gossips++}`
      remember(id)
      for (const peer of new Set([...[...state.peers.keys()].sort(), ...outgoing])) {
        send(peer, { type: 'gossip', id, origin: self, name: self, hops: 0 })
      }
      setTimer({ type: 'gossip' }, gossipMs * 0.9, gossipMs * 1.1)
    },
    heard(gossip: Gossip, from: ProcessId) {
      const wrong = falsehood(gossip, from, hopsMax)
      if (wrong !== null) return blame(from, 'gossip', wrong, true)
      met(from)
      if (gossip.origin === self || state.heard.includes(gossip.id)) return
      remember(gossip.id)
      send(gossip.origin, { type: 'gossipReply', name: self })
      if (gossip.hops >= hopsMax) return
      const others = [...state.peers.keys()].sort().filter((peer) => peer !== from && peer !== gossip.origin)
      for (const peer of some(others, FORWARDS)) send(peer, { ...gossip, hops: gossip.hops + 1 })
    },
    answered({ name }: { name: string }, from: ProcessId) {
      if (name === from) met(from)
      else blame(from, 'gossipReply', `it answers under the name ${name}`, true)
    },
  }
}
