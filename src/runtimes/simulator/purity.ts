/**
 * A process is its state: a handler that reads the clock, throws dice, starts a timer or makes a
 * promise does what no other run repeats. While a simulation goes on the ways to do so are closed,
 * each with the sentence that says what to use instead. They are closed once around many steps and
 * open whenever anything else of the program may run.
 *
 * What these do not see is found by comparing runs: state kept elsewhere, and modules that a file
 * imports for itself (`node:crypto`, `node:fs`), which an algorithm of the catalogue may not.
 */
import { promiseHooks } from 'node:v8'

/** What a handler did that the next run would not repeat. */
export class Impure extends Error {
  override readonly name = 'Impure'

  constructor(what: string, instead: string) {
    super(`${what} is not for a handler: ${instead}`)
  }
}

const CLOCK = 'use context.now(), the clock of the process'
const DICE = 'use context.random, which the seed decides'
const TIMER = 'use context.setTimer, which goes off in the time of the run'
const LATER = 'a step is one piece; what is to come later comes by context.setTimer or by a message'
const NETWORK = 'a process knows no network but context.send'

/** One opening into the world: where it is, and what is there while it is closed. */
interface Opening {
  readonly holder: object
  readonly name: string
  readonly closed: unknown
}

/** The simulation that goes on: one at a time, as each runs to the end of its turn. */
let current: Purity | null = null

export class Purity {
  #offence: Impure | null = null

  /** Runs something with all openings closed; they are open again however it ends. */
  during<T>(body: () => T): T {
    const before = openings.map(({ holder, name }) => Object.getOwnPropertyDescriptor(holder, name))
    const outer = current
    current = this
    close()
    const stopWatching = promiseHooks?.onInit(() => this.#made())
    try {
      return body()
    } finally {
      stopWatching?.()
      current = outer
      for (const [i, { holder, name }] of openings.entries()) reopen(holder, name, before[i])
    }
  }

  /** Throws what was done and not yet told: a handler may have caught it, a promise throws nothing. */
  check(): void {
    if (this.#offence === null) return
    const offence = this.#offence
    this.#offence = null
    throw offence
  }

  refuse(what: string, instead: string): never {
    this.#offence = new Impure(what, instead)
    throw this.#offence
  }

  /** A hook must not throw. */
  #made(): void {
    this.#offence ??= new Impure('a promise', LATER)
  }
}

/** Whether the caller's caller is. Node's own streams put things off so, and a handler may print. */
const isCalledByNode = (): boolean => /^[^\n]*\n[^\n]*\n\s+at [^\n]*[( ]node:/.test(callers())

function callers(): string {
  const holder = { stack: '' }
  Error.captureStackTrace(holder, isCalledByNode)
  return holder.stack
}

const refusing = (what: string, instead: string) => () => current!.refuse(what, instead)

const original = { nextTick: process.nextTick, Date: globalThis.Date }

function nextTick(...args: Parameters<typeof process.nextTick>): void {
  if (!isCalledByNode()) current!.refuse('process.nextTick', LATER)
  original.nextTick.apply(process, args)
}

const now = refusing('Date.now', CLOCK)
const today = new Proxy(original.Date, {
  construct: (target, args, made) =>
    args.length > 0 ? Reflect.construct(target, args, made) : current!.refuse('new Date()', CLOCK),
  apply: () => current!.refuse('Date()', CLOCK),
  get: (target, key, of) => (key === 'now' ? now : Reflect.get(target, key, of)),
})

const openings: readonly Opening[] = [
  { holder: Math, name: 'random', closed: refusing('Math.random', DICE) },
  { holder: globalThis, name: 'Date', closed: today },
  { holder: performance, name: 'now', closed: refusing('performance.now', CLOCK) },
  {
    holder: process,
    name: 'hrtime',
    closed: Object.assign(refusing('process.hrtime', CLOCK), {
      bigint: refusing('process.hrtime.bigint', CLOCK),
    }),
  },
  ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
    holder: globalThis,
    name,
    closed: refusing(name, TIMER),
  })),
  { holder: globalThis, name: 'queueMicrotask', closed: refusing('queueMicrotask', LATER) },
  { holder: process, name: 'nextTick', closed: nextTick },
  { holder: globalThis, name: 'fetch', closed: refusing('fetch', NETWORK) },
  ...['getRandomValues', 'randomUUID'].map((name) => ({
    holder: globalThis.crypto,
    name,
    closed: refusing(`crypto.${name}`, DICE),
  })),
]

function close(): void {
  for (const { holder, name, closed } of openings) {
    Object.defineProperty(holder, name, { value: closed, configurable: true, writable: true })
  }
}

function reopen(holder: object, name: string, before: PropertyDescriptor | undefined): void {
  if (before === undefined) Reflect.deleteProperty(holder, name)
  else Object.defineProperty(holder, name, before)
}
