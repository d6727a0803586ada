/**
 * The algorithms whose messages are counted. Each as simple as can be, so that what is measured is
 * the testbed; one message a step, except where a run begins.
 */
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import type { ProcessId, Signature } from '../../src/model/process.ts'
import { natural, processId, text } from '../../src/model/shape.ts'
import { LAST_HOP, NOTE, PING, PONG, TOKEN_PAD, token } from '../payload.ts'

const body = text(64)

/** What is the same for all of them. */
const common = {
  options: {},
  assumes: { fifo: true, reliable: true, noDuplicates: true, crashes: 'none', synchrony: 'asynchronous' },
  topology: { default: 'complete', fits: () => null },
  streams: 'channel',
  channels: 'fixed',
  properties: () => [],
  ends: 'quiescent',
} as const

interface Notes extends Signature {
  request: { type: 'send'; to: ProcessId }
  message: { type: 'note'; text: string }
  timer: never
  indication: never
  state: { received: number }
  stable: never
}

/** A request a message: p00 to p01, or each process to each other in turn. */
export const notes = (each: number): CatalogueEntry<Notes> => ({
  ...common,
  name: 'bench-notes',
  summary: 'a request a message',
  make: () => ({
    initial: () => ({ received: 0 }),
    upon: ({ send }, state) => ({
      request: { send: ({ to }) => send(to, NOTE) },
      message: {
        note: () => {
          state.received++
        },
      },
    }),
  }),
  shapes: { request: { send: { to: processId } }, message: { note: { text: body } }, timer: {} },
  workload: (_, places) =>
    Array.from({ length: each }, () =>
      (places.length === 2 ? places.slice(0, 1) : places).flatMap(({ self, outgoing }) =>
        outgoing.map((to) => ({ to: self, request: { type: 'send', to } as const, atMs: 0 })),
      ),
    ).flat(),
})

interface Walk extends Signature {
  request: never
  message: { type: 'token'; left: number; pad: string }
  timer: never
  indication: never
  state: { seen: number }
  stable: never
}

/** Every process begins with its share of the tokens; whoever gets one sends it on, the dice say whither. */
export const walk = (tokensEach: number, hops: number): CatalogueEntry<Walk> => ({
  ...common,
  name: 'bench-walk',
  summary: 'every delivery sends one on',
  make: () => ({
    initial: () => ({ seen: 0 }),
    upon: ({ send, random, outgoing }, state) => ({
      start: () => {
        for (let i = 0; i < tokensEach; i++) send(random.pick(outgoing), token(LAST_HOP + hops - 1))
      },
      message: {
        token: ({ left }) => {
          state.seen++
          if (left > LAST_HOP) send(random.pick(outgoing), { type: 'token', left: left - 1, pad: TOKEN_PAD })
        },
      },
    }),
  }),
  shapes: { request: {}, message: { token: { left: natural, pad: body } }, timer: {} },
  workload: () => [],
})

interface Trips extends Signature {
  request: { type: 'begin'; with: ProcessId }
  message: { type: 'ping'; text: string } | { type: 'pong'; text: string }
  timer: never
  indication: never
  state: { done: number }
  stable: never
}

/** There and back, the next when the last has come. */
export const roundTrips = (trips: number): CatalogueEntry<Trips> => ({
  ...common,
  name: 'bench-round-trips',
  summary: 'there and back',
  make: () => ({
    initial: () => ({ done: 0 }),
    upon: ({ send }, state) => ({
      request: { begin: (request) => send(request.with, PING) },
      message: {
        ping: (_, from) => send(from, PONG),
        pong: (_, from) => {
          if (++state.done < trips) send(from, PING)
        },
      },
    }),
  }),
  shapes: {
    request: { begin: { with: processId } },
    message: { ping: { text: body }, pong: { text: body } },
    timer: {},
  },
  workload: (_, [first, second]) => [
    { to: first!.self, request: { type: 'begin', with: second!.self }, atMs: 0 },
  ],
})
