/**
 * Reads a request as a person writes it, on the command line or at a run that goes on:
 *
 *   p03 put colour blue              process, type, fields by their place
 *   p03 put colour value=blue        or by their name
 *   p03 put colour "sky blue" @50ms  a value with blanks; when after `start`
 *
 * The entry's shapes say what fields there are, in which order, how their values are read, and which
 * of them need not be said: those are given by name only.
 */
import { UsageError } from '../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../model/catalogue.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type AnyShapes, misfit, processId, type Shape } from '../model/shape.ts'
import { wordsOf } from './words.ts'

type Fields = Readonly<Record<string, Shape<unknown>>>

/** What a request is read against. */
export interface Askable {
  readonly entry: CatalogueEntry
  readonly ids: readonly ProcessId[]
  readonly nth: number // of the requests that were made by hand, from 0: names what nobody named
}

const AT = /^@(\d+(?:\.\d+)?)(?:ms)?$/

/** A request of the command line: its complaint names the option. */
export function parseRequest(text: string, askable: Askable): Asked<Signature> {
  try {
    const words = wordsOf(text)
    const at = AT.exec(words.at(-1) ?? '')
    if (at !== null) words.pop()
    return { ...readRequest(words, askable), atMs: at === null ? 0 : Number(at[1]) }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`--request '${text}': ${error.message}`)
  }
}

/** The words of a request, without a time. */
export function readRequest(
  words: readonly string[],
  { entry, ids, nth }: Askable,
): Omit<Asked<Signature>, 'atMs'> {
  const [to, type, ...said] = words
  if (to === undefined || !ids.includes(to)) {
    const what = /^p\d+$/.test(to ?? '') ? `there is no process ${to}` : 'it begins with a process'
    throw new UsageError(`${what}, ${range(ids)}. ${known(entry)}`)
  }
  const shapes = entry.shapes.request as AnyShapes
  const fields = type !== undefined && Object.hasOwn(shapes, type) ? shapes[type]! : null
  if (fields === null) throw new UsageError(`${type ?? 'no type'} is no request. ${known(entry)}`)
  const request = { type: type!, ...valuesOf(said, type!, fields) }
  return { to, request: completed(request, { entry, ids, nth }) }
}

/**
 * A request with what nobody said put in, or a complaint in the words of its fields: of one that was
 * typed, and of one that a program sends.
 */
export function completed(
  given: Readonly<Record<string, unknown>> & { readonly type: string },
  { entry, ids, nth }: Askable,
): { type: string } {
  const shapes = entry.shapes.request as AnyShapes
  if (!Object.hasOwn(shapes, given.type)) throw new UsageError(`${given.type} is no request. ${known(entry)}`)
  const fields = shapes[given.type]!
  const request: Record<string, unknown> & { type: string } = { ...given }
  for (const [name, shape] of Object.entries(fields)) {
    if (Object.hasOwn(request, name)) continue
    if (shape.unsaid !== undefined) request[name] = shape.unsaid(nth)
    else if (shape.fits(null)) request[name] = null
  }
  const wrong = misfit(shapes, request)
  if (wrong !== null) throw new UsageError(`${wrong}. Its form is ${form(given.type, fields)}`)
  for (const [name, { label }] of Object.entries(fields)) {
    const named = request[name]
    if (!label.startsWith(processId.label) || named === null || ids.includes(named as string)) continue
    throw new UsageError(`there is no process ${String(named)}, ${range(ids)}`)
  }
  return request
}

/** `name=value` where a field has that name; else the value of the next that was not named. */
function valuesOf(said: readonly string[], type: string, fields: Fields): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const byPlace: string[] = []
  for (const word of said) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? []
    if (name === undefined) byPlace.push(word)
    else if (!Object.hasOwn(fields, name))
      throw new UsageError(`${name} is not a field of ${type}. Its form is ${form(type, fields)}`)
    else values[name] = fields[name]!.parse(value!) ?? value
  }
  const open = Object.keys(fields).filter((name) => !Object.hasOwn(values, name))
  // What need not be said has no place, or everybody would have to say it.
  const places = open.filter((name) => fields[name]!.unsaid === undefined)
  if (byPlace.length > places.length) {
    const surplus = byPlace[places.length]!
    throw new UsageError(`'${surplus}' is a word too many. Its form is ${form(type, fields)}`)
  }
  for (const [i, word] of byPlace.entries()) {
    const name = places[i]!
    values[name] = fields[name]!.parse(word) ?? word
  }
  return values
}

export const range = (ids: readonly ProcessId[]): string =>
  ids.length === 1 ? `only ${ids[0]}` : `${ids[0]} … ${ids.at(-1)}`

const known = (entry: CatalogueEntry): string => {
  const forms = requestForms(entry)
  return forms.length === 0 ? `${entry.name} knows no requests` : `${entry.name} knows: ${forms.join(' · ')}`
}

/** A request as it is written; what need not be said stands in brackets. */
function form(type: string, fields: Fields): string {
  const said = Object.entries(fields).map(([name, { label, unsaid }]) =>
    unsaid === undefined ? `${name}=<${label}>` : `[${name}=<${label}>]`,
  )
  return ['pNN', type, ...said].join(' ')
}

/** The requests an entry knows, as they are written. */
export const requestForms = (entry: CatalogueEntry): string[] =>
  Object.entries(entry.shapes.request as AnyShapes).map(([type, fields]) => form(type, fields))
