/**
 * A schedule file: what a run was of, and its steps in order. Written by hand, by the shrinker, or
 * from a recorded run; docs/schedule.md describes it. What is wrong with a file is said with its
 * place in it.
 */
import { breakable } from '../faults/cut-down.ts'
import { UsageError } from '../lib/usage-error.ts'
import { parseStep, STEP_FORMS, type Step, stepLine } from '../model/step.ts'
import type { Ended } from '../runtimes/experiment.ts'
import type { Breakable } from './plan.ts'

export const SCHEDULE_FORMAT = 'p2p-testbed schedule 1'

export interface Schedule {
  readonly format: typeof SCHEDULE_FORMAT
  readonly about?: string // what it shows, for a reader
  readonly algorithm: string // a name of the catalogue, or a file: ./mine.ts
  readonly over?: string // what a superimposed algorithm runs upon; without it its default
  readonly options: Readonly<Record<string, unknown>> // those that are not given are the defaults
  readonly peers: number
  readonly topology: string | readonly string[] // as after --topology, or the channels: 'p00>p01'
  readonly seed: number // of topology and dice
  readonly channels: 'fifo' | 'unordered'
  readonly broken: readonly Breakable[] // assumptions that the steps break
  readonly byzantine?: string // the rules of the fault plan that change what processes do
  readonly startsMs?: readonly number[] // when each process started, by its clock; without it 0
  readonly ended?: Ended['how'] // of a recorded run; without it: quiescent if nothing is left to happen
  readonly shortenedFrom?: Origin // of a counterexample
  readonly steps: readonly Step[]
}

/** The run that a counterexample was shortened from, and what of it is left. */
export interface Origin {
  readonly command: string // repeats it
  readonly events: number // that it had
  readonly eventsMax: number // it ended there if it had not ended before
  readonly digest?: string // of its history: by it, made again, it is known to be the same
  readonly processes: readonly string[] // what those that are left are called there
  readonly steps: readonly number[] // of each step: which of that run's it is, from 0; -1: none
}

/** How a run ends of which the rest is not in the schedule. */
const ENDS: readonly string[] = ['time over', 'event limit', 'overload', 'interrupted']

/** Reads a file; `name` is what complaints call it. */
export function readSchedule(text: string, name: string): Schedule {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${name} is no JSON: ${(error as Error).message}`)
  }
  return checkSchedule(value, name)
}

/** Everything but the names of processes, which the topology knows, and what the algorithm's shapes know. */
export function checkSchedule(value: unknown, name: string): Schedule {
  const wrong = (place: string, what: string): never => {
    throw new UsageError(`${name}: ${place} ${what}; docs/schedule.md describes the form`)
  }
  if (!isRecord(value)) return wrong('it', 'must be an object')
  if (value.format !== SCHEDULE_FORMAT) wrong('format', `must be "${SCHEDULE_FORMAT}"`)
  for (const [field, { needed, is, must }] of Object.entries(FIELDS)) {
    if (value[field] === undefined) {
      if (needed) wrong(field, 'is missing')
    } else if (!is(value[field])) wrong(field, `must be ${must}`)
  }
  const stray = Object.keys(value).find((field) => !Object.hasOwn(FIELDS, field))
  if (stray !== undefined) wrong(stray, `is no field of a schedule: ${Object.keys(FIELDS).join(', ')}`)
  const { steps, options = {}, broken = [], channels = 'fifo', topology = 'complete', seed = 1 } = value
  const read = (steps as unknown[]).map((step, i) => readStep(step, `steps[${i}]`, wrong))
  return { ...value, options, broken, channels, topology, seed, steps: read } as unknown as Schedule
}

type Complain = (place: string, what: string) => never

interface Field {
  readonly needed?: boolean
  readonly is: (value: unknown) => boolean
  readonly must: string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isNatural = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0
const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const isChannel = (value: unknown) => typeof value === 'string' && /^p\d+>p\d+$/.test(value)
const among = (words: readonly string[]) => (value: unknown) => words.includes(value as string)
const listOf = (is: (item: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(is)

const text = { is: isText, must: 'a text' }

const isOrigin = (value: unknown) =>
  isRecord(value) &&
  [isText(value.command), isNatural(value.events), isNatural(value.eventsMax)].every(Boolean) &&
  (value.digest === undefined || isText(value.digest)) &&
  listOf(isText)(value.processes) &&
  listOf((step) => step === -1 || isNatural(step))(value.steps)

const FIELDS: Readonly<Record<string, Field>> = {
  format: { needed: true, ...text },
  about: { is: (value) => typeof value === 'string', must: 'a text' },
  algorithm: { needed: true, ...text },
  over: text,
  options: { is: isRecord, must: 'an object' },
  peers: {
    needed: true,
    is: (value) => isNatural(value) && value !== 0,
    must: 'a whole number of 1 or more',
  },
  topology: {
    is: (value) => isText(value) || listOf(isChannel)(value),
    must: 'a topology such as "complete", or a list of channels such as "p00>p01"',
  },
  seed: { is: isNatural, must: 'a whole number' },
  channels: { is: among(['fifo', 'unordered']), must: '"fifo" or "unordered"' },
  broken: { is: listOf(among(breakable)), must: `a list of ${breakable.join(', ')}` },
  byzantine: text,
  startsMs: { is: listOf(isTime), must: 'a list of times in ms' },
  ended: { is: among(ENDS), must: `one of ${ENDS.join(', ')}, or left out` },
  shortenedFrom: {
    is: isOrigin,
    must: 'an object: command, events, eventsMax, processes and steps of the run, as the shrinker writes it',
  },
  steps: { needed: true, is: Array.isArray, must: 'a list of steps' },
}

const tagged = { is: (v: unknown) => isRecord(v) && isText(v.type), must: 'an object with a type' }
const process = { is: isText, must: 'a process' }
const of = (field: Field): Field => ({ ...field, needed: true })
const time = { is: isTime, must: 'a time in ms' }

const dice = { is: listOf(isNatural), must: 'a list of numbers counted from 0' }

const TIMES = { atMs: time, aheadMs: time, dice }
const MESSAGE = {
  ...TIMES,
  from: of(process),
  to: of(process),
  type: text,
  nth: { is: isNatural, must: 'a number counted from 0' },
}
const FATE = { ...MESSAGE, whenSent: { is: (v: unknown) => v === true, must: 'true, or left out' } }
const AT = { ...TIMES, at: of(process) }
const isLink = (value: unknown) => listOf(isText)(value) && (value as unknown[]).length === 2
const LINK = { ...TIMES, link: of({ is: isLink, must: 'two processes' }) }

/** What a step of each kind says. */
const STEPS: Readonly<Record<Step['do'], Readonly<Record<string, Field>>>> = {
  request: { ...AT, request: of(tagged) },
  timeout: { ...AT, timer: of(tagged) },
  deliver: MESSAGE,
  lose: { ...FATE, cause: text },
  duplicate: FATE,
  crash: AT,
  recover: AT,
  cut: LINK,
  heal: LINK,
}

function readStep(value: unknown, place: string, wrong: Complain): Step {
  if (typeof value === 'string') {
    try {
      return parseStep(value)
    } catch (error) {
      return wrong(place, (error as Error).message)
    }
  }
  if (!isRecord(value)) return wrong(place, `must be a step: ${STEP_FORMS}`)
  const { do: deed, ...rest } = value
  const fields = Object.hasOwn(STEPS, deed as string) ? STEPS[deed as Step['do']] : undefined
  if (fields === undefined) return wrong(`${place}.do`, `must be one of ${Object.keys(STEPS).join(', ')}`)
  for (const [field, { needed, is, must }] of Object.entries(fields)) {
    if (rest[field] === undefined ? needed : !is(rest[field])) wrong(`${place}.${field}`, `must be ${must}`)
  }
  const stray = Object.keys(rest).find((field) => !Object.hasOwn(fields, field))
  if (stray !== undefined) wrong(`${place}.${stray}`, `is no field of '${deed}'`)
  if (rest.nth !== undefined && rest.type === undefined) wrong(`${place}.nth`, 'needs a type')
  return value as unknown as Step
}

/** The file of a schedule, a step a line: as its name where that says all. */
export function writeSchedule({ steps, ...head }: Schedule): string {
  const fields = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${inline(value)},`)
  const lines = steps.map((step) => `    ${stepText(step)}`)
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`
  return `{\n${fields.join('\n')}\n  "steps": ${list}\n}\n`
}

const inline = (value: unknown) => JSON.stringify(value)

function stepText(step: Step): string {
  const { aheadMs, atMs = 0 } = step
  const isLine =
    !('cause' in step || 'whenSent' in step) && aheadMs === undefined && /^[\d.]+$/.test(`${atMs}`)
  return JSON.stringify(isLine ? stepLine(step) : step)
}
