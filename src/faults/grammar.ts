/**
 * One fault: its text and what the text says, as plain data. Reading is
 * generous (`2 – 10 ms`, `uniform`, seconds), writing has one form for each
 * meaning; what is written reads back to an equal fault.
 */
import { closestMatch } from 'leven'
import { UsageError } from '../lib/usage-error.ts'
import type { ProcessId } from '../model/process.ts'
import { type FaultForm, faultForms } from './forms.ts'
import { parseRange, parseShare, parseTime, rangeText, shareText, timeText } from './quantity.ts'

/** Which messages a rule is about; null where it does not matter. */
export interface Scope {
  readonly type: string | null
  readonly between: readonly [ProcessId, ProcessId] | null
  readonly oneWay: boolean // from the first to the second only
}

export type Delay =
  | { readonly law: 'constant'; readonly us: number }
  | { readonly law: 'uniform'; readonly minUs: number; readonly maxUs: number }
  | { readonly law: 'exponential'; readonly meanUs: number }

interface Window {
  readonly atUs: number
  readonly forUs: number | null // for good
}

export type Fault =
  | { readonly kind: 'latency' | 'jitter'; readonly delay: Delay; readonly scope: Scope }
  | { readonly kind: 'loss' | 'duplicate'; readonly millionths: number; readonly scope: Scope }
  | ({ readonly kind: 'cut'; readonly link: readonly [ProcessId, ProcessId] } & Window)
  | ({ readonly kind: 'crash'; readonly process: ProcessId } & Window)

const PROCESS = /^p\d{2,6}$/
const TYPE = /^[a-zA-Z_$][\w$.-]*$/

/** Blanks around dashes and before units, typographic dashes and arrows: all one to the reader. */
const normalised = (text: string): string =>
  text
    .replace(/[–—]/g, '-')
    .replace(/→/g, '->')
    .replace(/\s*(->|-)\s*/g, '$1')
    .replace(/(\d)\s+(ms\b|s\b|%)/g, '$1$2')
    .trim()

/** The words of a fault, taken one after the other. */
class Words {
  readonly #words: string[]

  constructor(text: string) {
    this.#words = text.split(/\s+/).filter((word) => word !== '')
  }

  next(what: string): string {
    const word = this.#words.shift()
    if (word === undefined) throw new UsageError(`${what} is missing`)
    return word
  }

  /** Takes the next word if it is that one. */
  skip(word: string): boolean {
    const taken = this.#words[0] === word
    if (taken) this.#words.shift()
    return taken
  }

  end(): void {
    const [word] = this.#words
    if (word !== undefined) throw new UsageError(`'${word}' is not expected there`)
  }
}

export function parseFault(text: string): Fault {
  const words = new Words(normalised(text))
  const kind = words.next('the fault')
  const form = faultForms.find(({ name }) => name === kind)
  if (form === undefined) throw complaint(text, `there is no fault '${kind}'`, nearestForm(kind))
  try {
    const fault = read(form.name as Fault['kind'], words)
    words.end()
    return fault
  } catch (error) {
    throw error instanceof UsageError ? complaint(text, error.message, form) : error
  }
}

const nearestForm = (word: string): FaultForm => {
  const names = faultForms.map(({ name }) => name)
  const nearest = closestMatch(word, names)
  return faultForms.find(({ name }) => name === nearest) ?? faultForms[0]!
}

const complaint = (text: string, why: string, { form, example, more }: FaultForm) =>
  new UsageError(
    `--faults '${text.trim()}': ${why}. The form is ${form}; for example '${more.at(-1) ?? example}'`,
  )

function read(kind: Fault['kind'], words: Words): Fault {
  switch (kind) {
    case 'latency':
      return { kind, delay: readDelay(words), scope: readScope(words) }
    case 'jitter': {
      const text = words.next('a range of times')
      const [minUs, maxUs] = parseRange(text) ?? [0, parseTime(text)]
      return { kind, delay: { law: 'uniform', minUs, maxUs }, scope: readScope(words) }
    }
    case 'loss':
    case 'duplicate':
      return { kind, millionths: parseShare(words.next('the share, such as 10%,')), scope: readScope(words) }
    case 'cut': {
      const link = readEnds(words.next('the link, such as p00-p03,'))
      if (link.oneWay)
        throw new UsageError('a link is cut in both directions; for one take loss 100% on P->Q')
      return { kind, link: link.between, ...readWindow(words, 0) }
    }
    case 'crash':
      return { kind, process: readProcess(words.next('the process')), ...readWindow(words, null) }
  }
}

function readDelay(words: Words): Delay {
  if (words.skip('exponential')) {
    const meanUs = parseTime(words.next('the mean'))
    return { law: 'exponential', meanUs }
  }
  const uniform = words.skip('uniform')
  const text = words.next('a time')
  const range = parseRange(text)
  if (range === null) {
    if (uniform) throw new UsageError(`'${text}' is no range`)
    return { law: 'constant', us: parseTime(text) }
  }
  const [minUs, maxUs] = range
  return minUs === maxUs ? { law: 'constant', us: minUs } : { law: 'uniform', minUs, maxUs }
}

function readScope(words: Words): Scope {
  let type: string | null = null
  if (words.skip('of')) {
    type = words.next('the type of the messages')
    if (!TYPE.test(type)) throw new UsageError(`'${type}' is no message type`)
  }
  const ends = words.skip('on') ? readEnds(words.next('the channel')) : null
  return { type, between: ends?.between ?? null, oneWay: ends?.oneWay ?? false }
}

function readEnds(text: string): { between: readonly [ProcessId, ProcessId]; oneWay: boolean } {
  const oneWay = text.includes('->')
  const [first = '', second, more] = text.split(oneWay ? '->' : '-')
  if (second === undefined || more !== undefined)
    throw new UsageError(`'${text}' does not join two processes`)
  const ends = [readProcess(first), readProcess(second)] as const
  if (first === second) throw new UsageError(`'${text}' joins a process to itself`)
  return { between: oneWay || first < second ? ends : [ends[1], ends[0]], oneWay }
}

function readProcess(text: string): ProcessId {
  if (!PROCESS.test(text)) throw new UsageError(`'${text}' is no process; they are called p00, p01 …`)
  return text
}

function readWindow(words: Words, atByDefault: number | null): Window {
  const at = words.skip('at') ? parseTime(words.next('the time')) : atByDefault
  if (at === null) throw new UsageError('it does not say when (at 50ms)')
  const forUs = words.skip('for') ? parseTime(words.next('how long')) : null
  if (forUs === 0) throw new UsageError('it lasts no time')
  return { atUs: at, forUs }
}

/** The canonical text. */
export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'latency':
      return `latency ${delayText(fault.delay)}${scopeText(fault.scope)}`
    case 'jitter':
      return `jitter ${delayText(fault.delay)}${scopeText(fault.scope)}`
    case 'loss':
    case 'duplicate':
      return `${fault.kind} ${shareText(fault.millionths)}${scopeText(fault.scope)}`
    case 'cut':
      return `cut ${fault.link.join('-')}${windowText(fault, 0)}`
    case 'crash':
      return `crash ${fault.process}${windowText(fault, null)}`
  }
}

function delayText(delay: Delay): string {
  if (delay.law === 'constant') return timeText(delay.us)
  if (delay.law === 'exponential') return `exponential ${timeText(delay.meanUs)}`
  return rangeText(delay.minUs, delay.maxUs)
}

function scopeText({ type, between, oneWay }: Scope): string {
  const on = between === null ? '' : ` on ${between.join(oneWay ? '->' : '-')}`
  return `${type === null ? '' : ` of ${type}`}${on}`
}

function windowText({ atUs, forUs }: Window, atByDefault: number | null): string {
  const at = atUs === atByDefault ? '' : ` at ${timeText(atUs)}`
  return `${at}${forUs === null ? '' : ` for ${timeText(forUs)}`}`
}

/** The processes that a fault names. */
export function processesOf(fault: Fault): readonly ProcessId[] {
  if (fault.kind === 'crash') return [fault.process]
  if (fault.kind === 'cut') return fault.link
  return fault.scope.between ?? []
}
