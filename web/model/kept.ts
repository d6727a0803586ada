/**
 * A counterexample beside the run that it was shortened from: which events of the one are which of the
 * other. The record says what came to a process in both; what its handler did then is found by what it
 * did, in order. Steps that the record says nothing of (those added while it was shortened, or all of
 * them where the algorithm has changed since) are found by their causal names: the same process, the
 * same kind, of a message the same sending, and where there are several, the same content.
 */
import { KIND } from '../../src/trace-format/events.ts'
import type { RunData } from './run-data.ts'

export interface Kept {
  readonly inOriginal: Int32Array // by event of the short run: where it is in the original, -1 for nowhere
  readonly inShort: Int32Array // by event of the original: where it is in the short run, -1 if it is gone
  readonly processes: readonly number[] // by process of the short run: which it is in the original, or -1
  readonly count: number
}

/** Kinds that are steps of a schedule: what comes to a process, and what befalls it and its messages. */
const STEPS: ReadonlySet<number> = new Set(
  (['start', 'request', 'timeout', 'deliver', 'duplicate', 'lost', 'crash', 'recover'] as const).map(
    (kind) => KIND[kind],
  ),
)

/** Null where one run is not the short form of the other. */
export function keptOf(short: RunData, original: RunData): Kept | null {
  const from = short.run.shortenedFrom
  if (from === undefined || from.run !== original.run.id) return null
  const processes = short.processes.map((_, i) => original.processes.indexOf(from.processes[i] ?? ''))
  const matching = new Matching(short, original, processes)
  for (const [here, there] of from.events) matching.told(here, there)
  for (let i = 0; i < short.length; i++) matching.take(i)
  const { inOriginal, inShort } = matching
  return { inOriginal, inShort, processes, count: inOriginal.reduce((n, at) => n + (at === -1 ? 0 : 1), 0) }
}

class Matching {
  readonly inOriginal: Int32Array
  readonly inShort: Int32Array
  readonly #short: RunData
  readonly #original: RunData
  readonly #processes: readonly number[]
  readonly #told = new Map<number, number>()
  readonly #taken = new Set<number>() // positions of the original that are spoken for
  readonly #inItsWords: (text: string) => string
  readonly #next: Int32Array // of each process of the original: how many of its events lie behind

  constructor(short: RunData, original: RunData, processes: readonly number[]) {
    this.#short = short
    this.#original = original
    this.#processes = processes
    this.#inItsWords = inWordsOf(original, short, processes)
    this.inOriginal = new Int32Array(short.length).fill(-1)
    this.inShort = new Int32Array(original.length).fill(-1)
    this.#next = new Int32Array(original.processes.length)
  }

  /** What the record says, where that can be: it is data from outside. */
  told(here: number, there: number): void {
    if (here >= this.#short.length || there >= this.#original.length) return
    if (this.#taken.has(there) || !this.#isAlike(here, there)) return
    this.#told.set(here, there)
    this.#taken.add(there)
  }

  take(i: number): void {
    const told = this.#told.get(i)
    // Where a process of a ring is gone, what its neighbour receives may be another message.
    const there = told !== undefined && this.#isSameMessage(i, told) ? told : this.#found(i)
    if (there === -1) return
    this.inOriginal[i] = there
    this.inShort[there] = i
    this.#taken.add(there)
    const process = this.#original.process(there)
    this.#next[process] = Math.max(this.#next[process]!, this.#original.seq(there))
  }

  #found(i: number): number {
    const process = this.#processes[this.#short.process(i)] ?? -1
    if (process === -1) return -1
    const own = this.#original.ofProcess(process)
    const isStep = STEPS.has(this.#short.code(i))
    const step = isStep ? -1 : this.#stepThere(i)
    if (!isStep && step === -1) return -1
    const end = isStep ? this.#bound(i, own.length) : own.length
    let alike = -1
    for (let k = this.#next[process]!; k < end; k++) {
      const at = own[k]!
      if (!isStep && this.#original.stepOf(at) !== step) {
        if (at > step && this.#original.isStep(at)) break
        continue
      }
      if (this.#taken.has(at) || !this.#isAlike(i, at) || !this.#isSameMessage(i, at)) continue
      if (this.#saysTheSame(i, at)) return at
      if (alike === -1) alike = at
    }
    return alike
  }

  /** The step in the original of what a handler did; -1 if that is not there. */
  #stepThere(i: number): number {
    const step = this.#short.stepOf(i)
    return step === -1 || step === i ? -1 : this.inOriginal[step]!
  }

  /** Before which of its process's events it must be: what the record says comes later. */
  #bound(i: number, most: number): number {
    const own = this.#short.ofProcess(this.#short.process(i))
    for (let k = this.#short.seq(i); k < own.length; k++) {
      const there = this.#told.get(own[k]!)
      if (there !== undefined) return this.#original.seq(there) - 1
    }
    return most
  }

  #isAlike(i: number, at: number): boolean {
    const [short, original] = [this.#short, this.#original]
    const peer = short.peer(i)
    return (
      short.code(i) === original.code(at) &&
      this.#processes[short.process(i)] === original.process(at) &&
      (peer === -1 ? -1 : this.#processes[peer]) === original.peer(at) &&
      short.typeOf(i) === original.typeOf(at)
    )
  }

  /** What is received was sent by the same event in both. */
  #isSameMessage(i: number, at: number): boolean {
    if (this.#short.code(i) === KIND.send) return true
    const [here, there] = [this.#short.messageOf(i), this.#original.messageOf(at)]
    if (here === -1 || there === -1) return here === there
    const sent = this.inOriginal[this.#short.messages.sendAt[here]!]!
    return sent === this.#original.messages.sendAt[there]!
  }

  #saysTheSame(i: number, at: number): boolean {
    const whole = this.#short.isWhole && this.#original.isWhole
    return !whole || this.#inItsWords(this.#short.payloadText(i)) === this.#original.payloadText(at)
  }
}

/** What an event of the short run says, with the names that the original has for its processes. */
function inWordsOf(
  original: RunData,
  short: RunData,
  processes: readonly number[],
): (text: string) => string {
  const names = new Map(short.processes.map((name, i) => [name, original.processes[processes[i]!] ?? name]))
  return (text) =>
    text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => {
      const name = names.get(quoted.slice(1, -1))
      return name === undefined ? quoted : `"${name}"`
    })
}

export interface Difference {
  readonly leftOut: readonly number[] // of the original: gone, and nothing that is gone could have caused it
  readonly changed: readonly number[] // of the short run: kept, but saying something else
  readonly added: readonly number[] // of the short run: in the original nowhere
}

/** What shortening did, each list in the order of recording; of what is gone only where it begins. */
export function differenceOf(short: RunData, original: RunData, kept: Kept): Difference {
  const { inOriginal, inShort, processes } = kept
  const gone = original.processes.map(() => false) // of each process: something of its past is
  const isAfter = new Uint8Array(original.length)
  const leftOut: number[] = []
  for (let i = 0; i < original.length; i++) {
    const process = original.process(i)
    const received = original.messageOfDeliver(i)
    const sentAt = received === -1 ? -1 : original.messages.sendAt[received]!
    if (sentAt !== -1 && isAfter[sentAt] === 1) gone[process] = true
    if (inShort[i] === -1 && !gone[process]) leftOut.push(i)
    if (inShort[i] === -1) gone[process] = true
    if (gone[process]) isAfter[i] = 1
  }
  const changed: number[] = []
  const added: number[] = []
  const exact = short.isWhole && original.isWhole
  const inItsWords = inWordsOf(original, short, processes)
  for (let i = 0; i < short.length; i++) {
    const there = inOriginal[i]!
    if (there === -1) added.push(i)
    else if (exact && inItsWords(short.payloadText(i)) !== original.payloadText(there)) changed.push(i)
  }
  return { leftOut, changed, added }
}
