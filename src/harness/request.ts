import { UsageError } from '../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../model/catalogue.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import { type AnyShapes, misfit, processId } from '../model/shape.ts'

/**
 * Reads a request as it is written on the command line:
 *
 *   p00 ping target=p05 @50ms        process, type, fields, and when after `start`
 *
 * The entry's shapes say what fields there are and how their values are read.
 */
export function parseRequest(
  text: string,
  entry: CatalogueEntry,
  ids: readonly ProcessId[],
): Asked<Signature> {
  const words = text.trim().split(/\s+/)
  const at = words.at(-1)?.match(/^@(\d+(?:\.\d+)?)(?:ms)?$/)
  if (at) words.pop()
  const [to, type, ...fields] = words
  const shapes = entry.shapes.request as AnyShapes
  const fail = (why: string): never => {
    throw new UsageError(
      `--request '${text}': ${why}. ${entry.name} knows: ${requestForms(entry).join(' · ')}`,
    )
  }
  if (to === undefined || !ids.includes(to)) fail(`it begins with a process, ${ids[0]} … ${ids.at(-1)}`)
  if (type === undefined || !Object.hasOwn(shapes, type)) return fail(`${type ?? 'no type'} is no request`)
  const request: Record<string, unknown> = { type }
  for (const field of fields) {
    const [, name, value] = field.match(/^(\w+)=(.*)$/) ?? fail(`'${field}' is not of the form field=value`)
    request[name!] = shapes[type]![name!]?.parse(value!) ?? value
  }
  for (const [name, shape] of Object.entries(shapes[type]!)) {
    if (!Object.hasOwn(request, name) && shape.fits(null)) request[name] = null
  }
  const wrong = misfit(shapes, request)
  if (wrong !== null) fail(wrong)
  for (const [name, { label }] of Object.entries(shapes[type]!)) {
    const named = request[name]
    if (!label.startsWith(processId.label) || named === null || ids.includes(named as string)) continue
    fail(`there is no process ${String(named)}, only ${ids[0]} … ${ids.at(-1)}`)
  }
  return { to: to!, request: request as { type: string }, atMs: at ? Number(at[1]) : 0 }
}

/** The requests an entry knows, as they are written. */
export function requestForms(entry: CatalogueEntry): string[] {
  return Object.entries(entry.shapes.request as AnyShapes).map(([type, fields]) =>
    ['pNN', type, ...Object.entries(fields).map(([name, { label }]) => `${name}=<${label}>`)].join(' '),
  )
}
