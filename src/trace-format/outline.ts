/**
 * A history without its texts: what a reader of a million messages gets at
 * first. Of each payload the type is kept, as a number of a word; of a timeout
 * where its timer was set; and the whole text only of what a picture of the
 * whole run needs, which is little. The bodies stay where they are, in blocks.
 */
import { ArmedTimers } from './armed-timers.ts'
import { type Block, EVENT_KINDS, type EventKind, hasPayload, KIND, resumed } from './events.ts'
import { typeOfText, typeOfTimerSet } from './type-of-text.ts'

export const NO_WORD = 0xffff
const WORDS_MAX = NO_WORD

export interface KeptText {
  readonly position: number
  readonly text: string
}

/** A stretch of an outline. Columns as in a block; `seq` is left out, as a process counts one by one. */
export interface Outline
  extends Pick<
    Block,
    'first' | 'length' | 'kind' | 'process' | 'peer' | 'number' | 'lamport' | 'extra' | 'timeNs' | 'localNs'
  > {
  readonly word: Uint16Array // the type of what an event carries, as its number among all words, or NO_WORD
  readonly words: readonly string[] // those that are new in this stretch
  /** In order: of each timeout where its timer was set, or -1; of each `resume` the number of its step. */
  readonly follows: Int32Array
  readonly kept: readonly KeptText[]
}

/** Makes the outline of a history, block by block from the first. */
export class Outliner {
  readonly #words = new Map<string, number>()
  #recorded = NO_WORD // the number of that word
  readonly #timers = new ArmedTimers()
  // By kind: of many payloads the next says the same as the last, or gives its type in the same words.
  readonly #lastText: string[] = EVENT_KINDS.map(() => '')
  readonly #lastGiven: Given[] = EVENT_KINDS.map(() => NOT_GIVEN)
  readonly #lastWord: number[] = EVENT_KINDS.map(() => NO_WORD)

  take(block: Omit<Block, 'seq' | 'states'>): Outline {
    const { first, length, kind, process, peer, number, lamport, extra, timeNs, localNs, payloads } = block
    const known = this.#words.size
    const word = new Uint16Array(length).fill(NO_WORD)
    const follows: number[] = []
    const kept: KeptText[] = []
    let next = 0
    for (let i = 0; i < length; i++) {
      const code = kind[i]!
      if (code === KIND.crash) this.#timers.take(first + i, process[i]!, code, '')
      if (!hasPayload(code)) continue
      const payload = payloads[next++]!
      const last = this.#lastText[code]!
      const text = payload === last ? last : payload // what is the same string is soon found the same again
      if (TYPED[code]) word[i] = this.#wordOf(text, code)
      if (TIMERS[code]) {
        const set = this.#timers.take(first + i, process[i]!, code, text)
        if (code === KIND.timeout) follows.push(set)
      }
      if (code === KIND.resume) follows.push(resumed(parsed(text)).step)
      if (code === KIND.indicate && this.#mayRecord(word[i]!, text)) kept.push({ position: first + i, text })
    }
    const words = this.#words.size === known ? [] : [...this.#words.keys()].slice(known)
    const columns = { kind, process, peer, number, lamport, extra, timeNs, localNs }
    return { first, length, ...columns, word, words, follows: Int32Array.from(follows), kept }
  }

  /** A cut that an algorithm recorded of itself is an indication of that type. */
  #mayRecord(word: number, text: string): boolean {
    return word === NO_WORD ? text.includes(`"${RECORDED}"`) : word === this.#recorded
  }

  #wordOf(text: string, code: number): number {
    if (text === this.#lastText[code] || isGiven(text, this.#lastGiven[code]!)) return this.#lastWord[code]!
    const type = code === KIND.setTimer ? typeOfTimerSet(text) : typeOfText(text)
    let word = this.#words.get(type)
    if (word === undefined && this.#words.size < WORDS_MAX) {
      word = this.#words.size
      this.#words.set(type, word)
      if (type === RECORDED) this.#recorded = word
    }
    this.#lastText[code] = text
    this.#lastGiven[code] = givenIn(text, type)
    this.#lastWord[code] = word ?? NO_WORD
    return word ?? NO_WORD
  }
}

/**
 * Where a text gives its type, so that another with the same words there has the same for certain: a
 * message as it was sent has it first, a canonical text often last. The quotes in these words are JSON's
 * own, since none is escaped, and beside the outermost brace they name a field of the whole. What carries
 * something (`basic`) has the type of that.
 */
interface Given {
  readonly first: string
  readonly last: string
}

const NEVER = '\0' // in no JSON
const NOT_GIVEN: Given = { first: NEVER, last: NEVER }

function givenIn(text: string, type: string): Given {
  const words = `"type":${JSON.stringify(type)}`
  if (type === '' || type === 'basic') return NOT_GIVEN
  if (text.startsWith(`{${words},`)) return { first: `{${words},`, last: NEVER }
  return text.endsWith(`,${words}}`) ? { first: NEVER, last: `,${words}}` } : NOT_GIVEN
}

const isGiven = (text: string, { first, last }: Given) => text.startsWith(first) || text.endsWith(last)

const flags = (...kinds: EventKind[]) => EVENT_KINDS.map((kind) => kinds.includes(kind))
const TYPED = flags('send', 'request', 'timeout', 'cancelTimer', 'setTimer', 'indicate')
const TIMERS = flags('setTimer', 'cancelTimer', 'timeout')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // of a file of somebody else's
  }
}

const RECORDED = 'recorded'
