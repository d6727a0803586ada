/**
 * Broadcast by gossip: whoever has heard a rumour tells one other, drawn by the dice, once a round,
 * until it has told too many that knew; what is left over, anti-entropy heals.
 *
 *   A. Demers, D. Greene, C. Hauser, W. Irish, J. Larson, S. Shenker, H. Sturgis, D. Swinehart and
 *   D. Terry, "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987: §1.3
 *   anti-entropy, §1.4 complex epidemics ("rumor mongering"), §1.5 backing up the one by the other.
 *
 * Assumes   links both ways and everyone may be drawn by everyone; that faults end: what is sent may be
 *           lost, doubled and overtaken, and processes may crash and recover.
 * Promises  NO DUPLICATION  nobody delivers a rumour twice;
 *           NO CREATION     and none that nobody broadcast;
 *           VALIDITY        what a correct process broadcasts all correct processes deliver;
 *           AGREEMENT       what one of them delivers all deliver: both with anti-entropy, and without it
 *                           for all but a residue;
 *           PATIENCE        with `stop: counter` and feedback, k useless contacts come before anybody stops.
 */
import type { Algorithm, ProcessId, Signature } from '../../model/process.ts'

export interface Gossip extends Signature {
  request: { type: 'broadcast'; id: string }
  message:
    | { type: 'contact'; rumours: string[]; pull: boolean }
    | { type: 'answer'; known: string[]; rumours: string[] }
    | { type: 'digest'; known: string[] }
    | { type: 'reconcile'; rumours: string[]; wanted: string[] }
  timer: { type: 'round' } | { type: 'antiEntropy' }
  indication:
    | { type: 'deliver'; id: string }
    | { type: 'lostInterest'; id: string }
    | { type: 'fail'; reason: string }
  state: {
    known: Set<string>
    hot: Map<string, number> // of each rumour that is still told: the useless contacts so far
    ticking: boolean // a round is to come
    nonsense: Map<ProcessId, number> // of whom, how many messages that cannot be right
  }
  stable: never
}

export interface Choices {
  readonly mode: 'push' | 'pull' | 'push-pull'
  readonly stop: 'coin' | 'counter'
  readonly feedback: boolean // false: blind, whether the other knew or not
  readonly k: number
  readonly roundMs: number
  readonly antiEntropyMs: number // 0: none
}

/** Whoever has sent so many messages that cannot be right is drawn no more. */
const NONSENSE_MAX = 3

export const gossip = (choices: Choices): Algorithm<Gossip> => ({
  initial: () => ({ known: new Set(), hot: new Map(), ticking: false, nonsense: new Map() }),

  upon({ self, outgoing, send, indicate, setTimer, random }, state) {
    const { known, hot, nonsense } = state
    const { mode, stop, feedback, k, roundMs, antiEntropyMs } = choices

    function begin() {
      if (mode !== 'push') tick()
      if (antiEntropyMs > 0) setTimer({ type: 'antiEntropy' }, 0, antiEntropyMs)
    }
    function tick() {
      state.ticking = true
      setTimer({ type: 'round' }, Math.ceil(roundMs / 2), roundMs + Math.floor(roundMs / 2))
    }
    function draw(): ProcessId | null {
      if (outgoing.length === 0) return null
      if (nonsense.size === 0) return random.pick(outgoing)
      const trusted = outgoing.filter((other) => (nonsense.get(other) ?? 0) < NONSENSE_MAX)
      return trusted.length === 0 ? null : random.pick(trusted)
    }
    function contact() {
      const other = draw()
      if (other === null) return
      const rumours = mode === 'pull' ? [] : [...hot.keys()].sort()
      send(other, { type: 'contact', rumours, pull: mode !== 'push' })
      if (!feedback) for (const id of rumours) bored(id)
    }
    /** The first round comes at once, the others when it is time. */
    function learn(ids: readonly string[]) {
      const fresh = ids.filter((id) => !known.has(id))
      for (const id of fresh) {
        known.add(id)
        hot.set(id, 0)
        indicate({ type: 'deliver', id })
      }
      if (fresh.length === 0 || state.ticking) return
      contact()
      tick()
    }
    // The rumour was told in vain. With a coin, one in k loses interest; with a counter, at the k-th time.
    function bored(id: string) {
      const useless = hot.get(id)
      if (useless === undefined) return
      hot.set(id, useless + 1)
      if (stop === 'coin' ? !random.chance(1, k) : useless + 1 < k) return
      hot.delete(id)
      indicate({ type: 'lostInterest', id })
    }
    function distrust(process: ProcessId) {
      nonsense.set(process, (nonsense.get(process) ?? 0) + 1)
    }

    return {
      start: begin,
      recover: begin,
      request: {
        broadcast({ id }) {
          const name = `${self}:${id}`
          if (id === '') indicate({ type: 'fail', reason: 'a rumour has a name of one character or more' })
          else if (known.has(name)) indicate({ type: 'fail', reason: `${name} has been broadcast already` })
          else learn([name])
        },
      },
      message: {
        contact({ rumours, pull }, from) {
          const old = feedback ? rumours.filter((id) => known.has(id)) : []
          const told = pull ? [...hot.keys()].filter((id) => !rumours.includes(id)).sort() : []
          learn(rumours)
          // Nothing to answer is the answer that all of it was news.
          if (old.length + told.length > 0) send(from, { type: 'answer', known: old, rumours: told })
          if (!feedback) for (const id of told) bored(id)
        },
        answer({ known: theirs, rumours }, from) {
          if (theirs.some((id) => !known.has(id))) return distrust(from) // it was never told that by us
          for (const id of theirs) bored(id)
          const old = feedback ? rumours.filter((id) => known.has(id)) : []
          learn(rumours)
          if (old.length > 0) send(from, { type: 'answer', known: old, rumours: [] })
        },
        digest({ known: theirs }, from) {
          const there = new Set(theirs)
          const rumours = [...known].filter((id) => !there.has(id)).sort()
          const wanted = theirs.filter((id) => !known.has(id))
          if (rumours.length + wanted.length > 0) send(from, { type: 'reconcile', rumours, wanted })
        },
        // What was missed is a hot rumour again to whoever missed it (§1.5).
        reconcile({ rumours, wanted }, from) {
          if (wanted.some((id) => !known.has(id))) return distrust(from)
          learn(rumours)
          if (wanted.length > 0) send(from, { type: 'reconcile', rumours: wanted, wanted: [] })
        },
      },
      timeout: {
        round() {
          state.ticking = false
          if (mode === 'push' && hot.size === 0) return
          contact()
          tick()
        },
        antiEntropy() {
          const other = draw()
          if (other !== null) send(other, { type: 'digest', known: [...known].sort() })
          setTimer({ type: 'antiEntropy' }, antiEntropyMs)
        },
      },
    }
  },
})
