/**
 * One fault: its text and what the text says, as plain data. Reading is
 * generous (`2 – 10 ms`, `uniform`, seconds), writing has one form for each
 * meaning; what is written reads back to an equal fault.
 */
import { closestMatch } from 'leven'
import { UsageError } from '../lib/usage-error.ts'
import type { Liar } from '../model/fault.ts'
import type { ProcessId } from '../model/process.ts'
import type { Division, DrawnDelay, Fault, FaultOf, Scope, Window } from './fault.ts'
import { type FaultForm, faultForms } from './forms.ts'
import { parseDrift, parseNth, parseRange, parseShare, parseStep, parseTime } from './quantity.ts'
import { normalised, Words } from './words.ts'

const PROCESS = /^p\d{2,6}$/
const TYPE = /^[a-zA-Z_$][\w$.-]*$/
const FIELD = /^([a-zA-Z_$][\w$.-]*)\.([a-zA-Z_$][\w$]*)$/

/** @param place which of several it is, for the complaint */
export function parseFault(text: string, place = ''): Fault {
  const words = new Words(normalised(text))
  const kind = words.next('the fault')
  const form = faultForms.find(({ name }) => name === kind)
  if (form === undefined) throw complaint(text, place, `there is no fault '${kind}'`, nearestForm(kind))
  try {
    const fault = read(form.name, words)
    words.end()
    return fault
  } catch (error) {
    throw error instanceof UsageError ? complaint(text, place, error.message, form) : error
  }
}

const nearestForm = (word: string): FaultForm => {
  const names = faultForms.map(({ name }) => name)
  const nearest = closestMatch(word, names)
  return faultForms.find(({ name }) => name === nearest) ?? faultForms[0]!
}

const complaint = (text: string, place: string, why: string, { form, example, more }: FaultForm) =>
  new UsageError(
    `--faults${place} '${text.trim()}': ${why}. The form is ${form}; for example '${more.at(-1) ?? example}'`,
  )

function read(kind: FaultForm['name'], words: Words): Fault {
  switch (kind) {
    case 'latency': {
      const delay = words.skip('regions') ? ({ law: 'regions' } as const) : readDelay(words)
      return { kind, delay, ...readRuled(words) }
    }
    case 'jitter': {
      const text = words.next('a range of times')
      const [minUs, maxUs] = parseRange(text) ?? [0, parseTime(text)]
      return { kind, delay: { law: 'uniform', minUs, maxUs }, ...readRuled(words) }
    }
    case 'loss':
      return readLoss(words)
    case 'duplicate':
      return { kind, millionths: readShare(words), ...readRuled(words) }
    case 'reorder': {
      const millionths = readShare(words)
      if (!words.skip('by')) throw new UsageError('it does not say by how much (by 5-50ms)')
      return { kind, millionths, delay: readDelay(words), ...readRuled(words) }
    }
    case 'cut':
      return readCut(words)
    case 'partition':
      return readPartition(words)
    case 'crash':
      return { kind, process: readProcess(words), ...readWindow(words, null) }
    case 'pause': {
      const [process, window] = [readProcess(words), readWindow(words, null)]
      if (window.forUs === null) throw new UsageError('it does not say for how long (for 20ms)')
      return { kind, process, ...window }
    }
    case 'slow': {
      const [process, costUs] = [readProcess(words), parseTime(words.next('what an event takes'))]
      if (costUs === 0) throw new UsageError('an event that takes no time is not slow')
      return { kind, process, costUs, ...readWindow(words, 0) }
    }
    case 'clock':
      return readClock(words)
    case 'byzantine':
      return readByzantine(words)
  }
}

const readShare = (words: Words): number => parseShare(words.next('the share, such as 10%,'))

function readLoss(words: Words): Fault {
  const nth = words.ahead === undefined ? null : parseNth(words.ahead)
  if (nth === null) return { kind: 'loss', millionths: readShare(words), ...readRuled(words) }
  words.next('')
  const scope = readScope(words)
  if (scope.type === null || scope.between === null || !scope.oneWay)
    throw new UsageError('one message is lost of a type on a channel: of TYPE on P->Q')
  return { kind: 'nth loss', nth, scope }
}

function readCut(words: Words): FaultOf<'cut'> {
  const { between, oneWay } = readEnds(words.next('the link, such as p00-p03,'))
  return { kind: 'cut', link: between, oneWay, ...readSevered(words) }
}

function readPartition(words: Words): FaultOf<'partition'> {
  const division = readDivision(words)
  const oneWay = words.skip('one-way')
  const { shape } = division
  const canonical =
    shape === 'sides' && !oneWay
      ? { shape, sides: division.sides.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)) }
      : division
  return { kind: 'partition', division: canonical, oneWay, ...readSevered(words) }
}

function readDivision(words: Words): Division {
  const shape = words.ahead
  switch (shape) {
    case 'halves':
    case 'minority':
      words.next('')
      return { shape }
    case 'isolate':
    case 'bridge':
      words.next('')
      return { shape, process: readProcess(words) }
  }
  const sides: ProcessId[][] = [[]]
  while (words.ahead !== undefined && !['one-way', 'held', 'at', 'for'].includes(words.ahead)) {
    if (words.skip('/')) sides.push([])
    else sides.at(-1)!.push(readProcess(words))
  }
  if (sides.length < 2 || sides.some(({ length }) => length === 0))
    throw new UsageError(
      `it does not say who is on which side${shape === undefined ? '' : ` after '${shape}'`}`,
    )
  const named = sides.flat()
  const twice = named.find((process, i) => named.indexOf(process) !== i)
  if (twice !== undefined) throw new UsageError(`${twice} is in it twice`)
  return { shape: 'sides', sides: sides.map((side) => side.toSorted()) }
}

function readSevered(words: Words): { held: boolean } & Window {
  const held = words.skip('held')
  const window = readWindow(words, 0)
  if (held && window.forUs === null)
    throw new UsageError('what is held comes once it is over: say for how long (for 20ms)')
  return { held, ...window }
}

function readClock(words: Words): FaultOf<'clock'> {
  const process = readProcess(words)
  const drifts = words.skip('drift')
  const ppm = drifts ? parseDrift(words.next('the drift, such as 200ppm,')) : 0
  const byUs = drifts ? 0 : parseStep(words.next('by how much, such as +50ms,'))
  return { kind: 'clock', process, byUs, ppm, ...readWindow(words, 0) }
}

function readByzantine(words: Words): FaultOf<'byzantine'> {
  const process = readProcess(words)
  const does = words.next('what it does') as Liar['does']
  switch (does) {
    case 'silent': {
      const type = words.skip('of') ? readType(words) : null
      return { kind: 'byzantine', process, does, type, field: null, ...readWindow(words, 0) }
    }
    case 'equivocates':
    case 'lies': {
      const about = words.next('the field, such as vote.value,')
      const [, type, field] = FIELD.exec(about) ?? []
      if (type === undefined || field === undefined)
        throw new UsageError(`'${about}' is no field of a message; write TYPE.FIELD`)
      return { kind: 'byzantine', process, does, type, field, ...readWindow(words, 0) }
    }
    default:
      throw new UsageError(`'${does}' is nothing it can do`)
  }
}

function readDelay(words: Words): DrawnDelay {
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

function readRuled(words: Words): { scope: Scope } & Window {
  const scope = readScope(words)
  return { scope, ...readWindow(words, 0) }
}

function readScope(words: Words): Scope {
  const type = words.skip('of') ? readType(words) : null
  const ends = words.skip('on') ? readEnds(words.next('the channel')) : null
  return { type, between: ends?.between ?? null, oneWay: ends?.oneWay ?? false }
}

function readType(words: Words): string {
  const type = words.next('the type of the messages')
  if (!TYPE.test(type)) throw new UsageError(`'${type}' is no message type`)
  return type
}

function readEnds(text: string): { between: readonly [ProcessId, ProcessId]; oneWay: boolean } {
  const oneWay = text.includes('->')
  const [first = '', second, more] = text.split(oneWay ? '->' : '-')
  if (second === undefined || more !== undefined)
    throw new UsageError(`'${text}' does not join two processes`)
  const ends = [processNamed(first), processNamed(second)] as const
  if (first === second) throw new UsageError(`'${text}' joins a process to itself`)
  return { between: oneWay || first < second ? ends : [ends[1], ends[0]], oneWay }
}

const readProcess = (words: Words): ProcessId => processNamed(words.next('the process'))

function processNamed(text: string): ProcessId {
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
