/**
 * Who has a channel to whom. A topology is named on the command line
 * (`ring`, `random-regular:4`, `./edges.txt`) and is a function of that text,
 * the number of processes and the seed: same words, same channels.
 */
import { closestMatch } from 'leven'
import { Prng } from '../lib/prng.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { Place, ProcessId } from '../model/process.ts'
import type { Arc } from './arc.ts'
import { readEdges } from './edge-list.ts'
import { topologies } from './kinds.ts'

export interface Topology {
  readonly name: string // as after --topology, with its parameters filled in
  readonly ids: readonly ProcessId[]
  readonly channels: readonly (readonly [from: ProcessId, to: ProcessId])[]
  readonly places: readonly Place[]
  /** Pairs i < j of processes with a channel between them, sorted: one connection each. */
  readonly links: readonly (readonly [number, number])[]
}

/** The history's columns hold a process in 16 bits, one value of which means nobody. */
export const RECORDED_PROCESSES_MAX = 0xffff
/** As many as have an id of six digits: for runs that are judged and not recorded. */
export const PROCESSES_MAX = 1_000_000

/** `p00`, `p01` …, padded to one width: text order is number order. */
export function processIds(n: number): ProcessId[] {
  const width = Math.max(2, String(n - 1).length)
  return Array.from({ length: n }, (_, i) => `p${String(i).padStart(width, '0')}`)
}

/** A text with a dot or a slash names a file; no topology of ours has either. */
export const isEdgeFile = (text: string): boolean => /[./\\]/.test(text)

/**
 * @param n how many processes; null, only for a file, takes what the file says
 * @param readFile what a file holds; without it files are refused
 * @param most processes that can be
 */
export function buildTopology(
  text: string,
  n: number | null,
  seed: number,
  readFile?: (path: string) => string,
  most = RECORDED_PROCESSES_MAX,
): Topology {
  if (n !== null && !(Number.isInteger(n) && n >= 1 && n <= most)) {
    throw new UsageError(`${n} processes cannot be: take a whole number from 1 to ${most}`)
  }
  if (isEdgeFile(text)) return fromFile(text, n, readFile)
  const [word = '', ...parameters] = text.trim().split(':')
  const kind = Object.hasOwn(topologies, word) ? topologies[word] : undefined
  if (kind === undefined) throw new UsageError(unknown(text, word))
  if (n === null) throw new UsageError(`say how many processes: '${text}' can be of any number`)
  if (parameters.length > kind.parameters.length) {
    const form = [word, ...kind.parameters.map(({ name }) => name)].join(':')
    throw new UsageError(`'${text}' has more parameters than '${form}' takes`)
  }
  const values = kind.parameters.map(({ name, default: byDefault }, i) => {
    const written = parameters[i]
    if (written === undefined) return byDefault
    if (/^\d{1,6}$/.test(written)) return Number(written)
    throw new UsageError(`'${text}': ${name} must be a whole number, as in '${kind.example}'`)
  })
  const misfit = kind.misfit(n, values)
  if (misfit !== null) throw new UsageError(`${[word, ...values].join(':')} of ${n}: ${misfit}`)
  const arcs = kind.arcs(n, values, new Prng(seed, 'topology'))
  return assemble([word, ...values].join(':'), n, arcs)
}

/** Ids, places and links of a set of channels; an arc given twice is one channel. */
export function assemble(name: string, n: number, arcs: readonly Arc[]): Topology {
  const ids = processIds(n)
  const keys = [...new Set(arcs.map(([from, to]) => from * n + to))].sort((a, b) => a - b)
  const incoming: ProcessId[][] = ids.map(() => [])
  const outgoing: ProcessId[][] = ids.map(() => [])
  const channels: [ProcessId, ProcessId][] = []
  const linkKeys = new Set<number>()
  // In the order of (from, to), hence both lists of a place come out sorted.
  for (const key of keys) {
    const from = Math.floor(key / n)
    const to = key % n
    outgoing[from]!.push(ids[to]!)
    incoming[to]!.push(ids[from]!)
    channels.push([ids[from]!, ids[to]!])
    linkKeys.add(Math.min(from, to) * n + Math.max(from, to))
  }
  const links = [...linkKeys].sort((a, b) => a - b).map((key) => [Math.floor(key / n), key % n] as const)
  const places = ids.map((self, i) => ({ self, incoming: incoming[i]!, outgoing: outgoing[i]! }))
  return { name, ids, channels, places, links }
}

function fromFile(path: string, n: number | null, readFile?: (path: string) => string): Topology {
  if (readFile === undefined) throw new UsageError(`'${path}' is a file, and no files can be read here`)
  let content: string
  try {
    content = readFile(path)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`the topology file '${path}' cannot be read: ${why}`)
  }
  const edges = readEdges(path, content, RECORDED_PROCESSES_MAX)
  if (n !== null && n !== edges.n) {
    throw new UsageError(`${path} joins ${edges.n} processes, but ${n} are asked for: leave the number out`)
  }
  return assemble(path, edges.n, edges.arcs)
}

function unknown(text: string, word: string): string {
  const known = Object.values(topologies).map(({ form }) => form)
  const nearest = closestMatch(word, Object.keys(topologies), { maxDistance: 6 })
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`
  const all = `${known.join(', ')}, and files of edges (./edges.txt)`
  return `there is no topology '${text}'.${hint} There are ${all}`
}
