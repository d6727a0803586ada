import type { ProcessId, Tagged } from './process.ts'

/** What a value from outside must look like. `label` is what a form, a help text or a complaint says. */
export interface Shape<T> {
  readonly label: string
  readonly fits: (value: unknown) => value is T
  /** The value a text stands for; judge it with `fits` afterwards. */
  readonly parse: (text: string) => unknown
  /** What it is in the nth request made by hand, from 0, where nobody says it. */
  readonly unsaid?: (nth: number) => T
}

/** The shape of each variant of a tagged union, field by field; forgetting one is a compile error. */
export type Shapes<Event extends Tagged> = {
  readonly [Type in Event['type']]: {
    readonly [Field in Exclude<keyof Extract<Event, { type: Type }>, 'type'>]-?: Shape<
      Extract<Event, { type: Type }>[Field]
    >
  }
}

/** Shapes as they are when the algorithm is not known by type. */
export type AnyShapes = Readonly<Record<string, Readonly<Record<string, Shape<unknown>>>>>

function shape<T>(
  label: string,
  fits: (value: unknown) => boolean,
  parse: (text: string) => unknown = parseJson,
): Shape<T> {
  return { label, fits: fits as Shape<T>['fits'], parse }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const asWritten = (text: string) => text

export const natural = shape<number>('natural', (v) => Number.isSafeInteger(v) && (v as number) >= 0)
export const positive = shape<number>('positive number', (v) => Number.isSafeInteger(v) && (v as number) > 0)
export const truth = shape<boolean>('true|false', (v) => typeof v === 'boolean')
export const processId = shape<ProcessId>(
  'process',
  (v) => typeof v === 'string' && /^p\d{2,6}$/.test(v),
  asWritten,
)

export const text = (max: number): Shape<string> =>
  shape(`text ≤ ${max}`, (v) => typeof v === 'string' && v.length <= max, asWritten)

export const list = <T>(of: Shape<T>, max: number): Shape<T[]> =>
  shape(`list of ${of.label}`, (v) => Array.isArray(v) && v.length <= max && v.every(of.fits))

export const oneOf = <T extends string>(...words: readonly T[]): Shape<T> =>
  shape(words.join('|'), (v) => words.includes(v as T), asWritten)

export const optional = <T>(of: Shape<T>): Shape<T | null> =>
  shape(`${of.label}, or null`, (v) => v === null || of.fits(v), of.parse)

/** One that need not be said in a request made by hand. */
export const unlessSaid = <T>(of: Shape<T>, unsaid: (nth: number) => T): Shape<T> => ({ ...of, unsaid })

/** The name of an operation, which whoever asks by hand need not make up. */
export const operationName = (max: number): Shape<string> => unlessSaid(text(max), (nth) => `hand${nth + 1}`)

/** A value of another tagged union, carried inside this one. */
export const tagged = <E extends Tagged>(shapes: Shapes<E>): Shape<E> =>
  shape(Object.keys(shapes).join('|') || 'nothing', (v) => misfit(shapes as AnyShapes, v) === null)

/**
 * Why a value does not fit, in words that name the field; null when it fits. Fields that no shape
 * names are refused too.
 */
export function misfit(shapes: AnyShapes, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object'
  const record = value as Record<string, unknown>
  const { type } = record
  const wanted = typeof type === 'string' && Object.hasOwn(shapes, type) ? listed(shapes[type]!) : null
  if (wanted === null) return `unknown type ${JSON.stringify(type)}`
  for (const { field, isInherited, label, fits } of wanted) {
    const item = record[field]
    if ((item === undefined || isInherited) && !Object.hasOwn(record, field)) return `${field} is missing`
    if (!fits(item)) return `${field} is not a ${label}`
  }
  let left = -1 - wanted.length // of its fields, when the type and all that are wanted are taken away
  for (const _ in record) left++
  if (left === 0) return null
  const own = shapes[type as string]!
  const stray = Object.keys(record).find((field) => field !== 'type' && !Object.hasOwn(own, field))
  return stray === undefined ? null : `${stray} is not a field of ${type as string}`
}

interface Listed {
  readonly field: string
  readonly isInherited: boolean // every record has one of that name, of its own or not
  readonly label: string
  readonly fits: (value: unknown) => boolean
}

/** The fields of a type as a list: every message that arrives is held against one. */
function listed(fields: Readonly<Record<string, Shape<unknown>>>): readonly Listed[] {
  let list = lists.get(fields)
  if (list === undefined) {
    list = Object.entries(fields).map(([field, { label, fits }]) => {
      return { field, isInherited: field in Object.prototype, label, fits }
    })
    lists.set(fields, list)
  }
  return list
}

const lists = new WeakMap<object, readonly Listed[]>()
