/**
 * Has a computation that is spread over many processes come to its end?
 *
 *   S. Safra's algorithm, as derived in E. W. Dijkstra, "Shmuel Safra's version
 *   of termination detection", EWD998, 1987.
 *
 * Assumes   reliable channels without duplicates, not FIFO; no crashes; processes in a circle; a passive
 *           process becomes active only by a message; one process is asked to detect, once.
 * Promises  NO FALSE DETECTION    it is indicated only when all processes are passive and no basic message
 *                                 is in transit;
 *           DETECTION             if it terminates and somebody was asked, that is indicated, once;
 *           AT MOST 3n MORE HOPS  from then on the token moves at most three times round the n processes.
 *
 * Superimposed on an underlying computation, of which it has to know one thing:
 * whether a process is active. The rules are those of EWD998, by their number;
 * there the token goes from N−1 down to 0, here from each process to the next.
 */
import { type Algorithm, type Place, type ProcessId, react, type Signature } from '../../model/process.ts'
import { beneath, type Carrying } from '../../model/superposition.ts'

export type Colour = 'white' | 'black'

/** What the token brings: the sum of the counts of those it has visited, and black if any was. */
export interface Token {
  sum: number
  colour: Colour
}

export interface Safra<Basic extends Signature> extends Signature {
  request: { type: 'detect' } | Carrying<Basic>['request']
  message: ({ type: 'token' } & Token) | Carrying<Basic>['message']
  timer: Carrying<Basic>['timer']
  indication: { type: 'terminated' } | Carrying<Basic>['indication']
  state: {
    readonly basic: Basic['state']
    count: number // basic messages sent, less those received
    colour: Colour // black: received something since the token was here
    token: Token | null // held until this process is passive
    detecting: 'no' | 'asked' | 'probing' | 'done' // who was asked makes the token
  }
  stable: Carrying<Basic>['stable']
}

/** The next in the circle: the least greater id there is a channel to, or from the greatest the least. */
export const successor = ({ self, outgoing }: Pick<Place, 'self' | 'outgoing'>): ProcessId =>
  outgoing.find((id) => id > self) ?? outgoing[0]!

export const safra = <Basic extends Signature>(
  underlying: Algorithm<Basic>,
  isActive: (state: Basic['state']) => boolean,
): Algorithm<Safra<Basic>> => ({
  initial: (place) => ({
    basic: underlying.initial(place),
    count: 0,
    colour: 'white',
    token: null,
    detecting: 'no',
  }),

  upon(context, state) {
    const { send, indicate } = context
    const counted: typeof context = {
      ...context,
      send(to, message) {
        state.count++ // rule 0: counts of all processes add up to the messages in transit
        send(to, message)
      },
    }
    const basic = underlying.upon(beneath<Basic>(counted), state.basic)

    /** Rules 2, 4 and 7: add the own count, blacken the token if one is black, and be white. */
    function handOn({ sum, colour }: Token) {
      const passed: Token = { sum: sum + state.count, colour: state.colour === 'black' ? 'black' : colour }
      state.token = null
      state.colour = 'white'
      send(successor(context), { type: 'token', ...passed })
    }
    /** Rules 5 and 6: a new probe. The own count is not in the token, but looked at when it is back. */
    function probe() {
      state.detecting = 'probing'
      state.token = null
      state.colour = 'white'
      send(successor(context), { type: 'token', sum: 0, colour: 'white' })
    }
    /** The token is back: has nobody received anything since it came by, and is nothing in transit? */
    function conclude({ sum, colour }: Token) {
      if (colour === 'black' || state.colour === 'black' || sum + state.count !== 0) return probe()
      state.token = null
      state.detecting = 'done'
      indicate({ type: 'terminated' })
    }
    /** Rule 1: whoever is active keeps the token until it is passive. */
    function ifPassive() {
      if (isActive(state.basic)) return
      if (state.detecting === 'asked') probe()
      else if (state.token !== null && state.detecting === 'probing') conclude(state.token)
      else if (state.token !== null) handOn(state.token)
    }

    return {
      start() {
        react(basic, { kind: 'start' })
      },
      request: {
        detect() {
          if (state.detecting !== 'no') return
          state.detecting = 'asked'
          ifPassive()
        },
        basic({ request }) {
          react(basic, { kind: 'request', request })
          ifPassive()
        },
      },
      message: {
        token({ sum, colour }) {
          state.token = { sum, colour }
          ifPassive()
        },
        basic({ message }, from) {
          state.count--
          state.colour = 'black' // rule 3: what this wakes, a token that has been here does not know of
          react(basic, { kind: 'message', message, from })
          ifPassive()
        },
      },
      timeout: {
        basic({ timer }) {
          react(basic, { kind: 'timeout', timer })
          ifPassive()
        },
      },
    }
  },
})
