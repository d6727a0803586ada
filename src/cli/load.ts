/** Finds catalogue entries by what the operator wrote: a name of the catalogue, or a file of their own. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closestMatch } from 'leven'
import { catalogue } from '../algorithms/index.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { CatalogueEntry, Superposition } from '../model/catalogue.ts'
import { ownedByLibp2p } from '../model/service.ts'

/** Words that are commands, now or soon; no algorithm may have such a name. */
export const VERBS = [
  'list',
  'serve',
  'new',
  'help',
  'sweep',
  'explore',
  'replay',
  'compare',
  'bench',
] as const

const IMPLEMENTED: readonly (typeof VERBS)[number][] = [
  'list',
  'serve',
  'new',
  'help',
  'explore',
  'replay',
  'sweep',
  'compare',
]

export const isFile = (word: string): boolean => /[./\\]/.test(word)

/** The entry a word names; a superposition is put upon the entry that `over` names, or its own default. */
export async function loadEntry(word: string, over: string | undefined): Promise<CatalogueEntry> {
  const found = isFile(word) ? await loadFile(word) : await loadNamed(word)
  if (!('upon' in found)) {
    if (over === undefined) return found
    throw new UsageError(`--over ${over}: ${found.name} runs by itself, not over another algorithm`)
  }
  const basic = over ?? found.over
  const under = isFile(basic) ? await loadFile(basic) : await loadNamed(basic)
  if ('upon' in under)
    throw new UsageError(`--over ${basic}: a superposition over a superposition is not supported`)
  if (under.service !== undefined) ownedByLibp2p(under.name)()
  return found.upon(under)
}

/** The same, of what can be run in virtual time; libp2p's own services cannot. */
export async function loadOurs(word: string, over: string | undefined): Promise<CatalogueEntry> {
  const entry = await loadEntry(word, over)
  if (entry.service !== undefined) ownedByLibp2p(entry.name)()
  return entry
}

async function loadNamed(name: string): Promise<CatalogueEntry | Superposition> {
  const load = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined
  if (load !== undefined) return (await load()).entry
  if ((VERBS as readonly string[]).includes(name)) throw new UsageError(verbMisplaced(name))
  const names = Object.keys(catalogue)
  const near = closestMatch(name, [...names, ...VERBS], { maxDistance: Math.min(4, name.length / 2) })
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  throw new UsageError(`there is no algorithm '${name}'.${meant} The catalogue holds: ${names.join(', ')}`)
}

function verbMisplaced(verb: string): string {
  return (IMPLEMENTED as readonly string[]).includes(verb)
    ? `'${verb}' is a command, no algorithm: it comes first, npm run testbed -- ${verb}`
    : `'${verb}' is the name of a command to come, no algorithm; npm run testbed -- list shows these`
}

async function loadFile(path: string): Promise<CatalogueEntry | Superposition> {
  const full = resolve(path)
  if (!existsSync(full))
    throw new UsageError(`there is no file ${path}; a new one: npm run new -- my-algorithm`)
  let module: Record<string, unknown>
  try {
    module = await import(pathToFileURL(full).href)
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const line = Number.parseInt(stack?.split(`${full}:`)[1] ?? '', 10)
    const where = Number.isNaN(line) ? path : `${path}, line ${line}`
    throw new UsageError(`${where}: it could not be loaded: ${message.split('\n')[0]}`)
  }
  const { entry } = module
  if (isEntry(entry)) return entry
  const names = Object.keys(module)
  throw new UsageError(
    `${path} exports ${names.length > 0 ? names.join(', ') : 'nothing'}, but no catalogue entry: ` +
      'it needs `export const entry: CatalogueEntry = …`; see CONTRIBUTING.md',
  )
}

function isEntry(value: unknown): value is CatalogueEntry | Superposition {
  if (typeof value !== 'object' || value === null) return false
  const { name, upon, make, properties, workload, shapes, topology } = value as Record<string, unknown>
  if (typeof name !== 'string') return false
  if (typeof upon === 'function') return true
  return (
    [make, properties, workload].every((part) => typeof part === 'function') && Boolean(shapes && topology)
  )
}

/** The learning notes of an algorithm of the catalogue; null for one from a file. */
export function notesOf({ name }: CatalogueEntry): string | null {
  if (!Object.hasOwn(catalogue, name)) return null
  const path = new URL(`../algorithms/${name}/NOTES.md`, import.meta.url)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
