/**
 * The faults of one seed. Swarm testing: each run has only some of the faults,
 * drawn anew, since one fault can hide what another would show. A. Groce and
 * others, "Swarm Testing", ISSTA 2012.
 *
 * All of them end: what comes after is the healed phase, in which what was
 * promised eventually must come true. A plan is text in the ordinary grammar, so
 * that the ordinary command repeats the run.
 */
import { checkFaults, parseFaults, placed } from '../../faults/plan.ts'
import { Prng } from '../../lib/prng.ts'
import { UsageError } from '../../lib/usage-error.ts'
import type { Assumptions } from '../../model/catalogue.ts'
import type { Topology } from '../../topology/topology.ts'

/** A fault as text, with a window that ends before `endMs`. */
type Draw = (dice: Dice) => string

/** Ranges as in the simulators of TigerBeetle and FoundationDB, in ms and percent. */
const DRAWS: readonly { readonly breaks: keyof Allowed; readonly draw: Draw }[] = [
  {
    breaks: 'timing',
    draw: (d) => `latency ${d.logarithmic(1, 30)}-${30 + d.logarithmic(1, 120)}ms ${d.window()}`,
  },
  { breaks: 'timing', draw: (d) => `latency exponential ${d.logarithmic(1, 50)}ms ${d.window()}` },
  { breaks: 'timing', draw: (d) => `jitter 0-${d.logarithmic(1, 200)}ms ${d.window()}` },
  { breaks: 'timing', draw: (d) => `pause ${d.process()} ${d.window()}` },
  { breaks: 'timing', draw: (d) => `slow ${d.process()} ${d.logarithmic(1, 10)}ms ${d.window()}` },
  {
    breaks: 'timing',
    draw: (d) => `clock ${d.process()} ${d.sign()}${d.logarithmic(1, 500)}ms ${d.window()}`,
  },
  { breaks: 'timing', draw: (d) => `clock ${d.process()} drift ${d.logarithmic(10, 500)}ppm ${d.window()}` },
  { breaks: 'timing', draw: (d) => `cut ${d.link()} held ${d.window()}` },
  { breaks: 'timing', draw: (d) => `partition ${d.division()} held ${d.window()}` },
  { breaks: 'reliable', draw: (d) => `loss ${d.logarithmic(1, 30)}% ${d.window()}` },
  { breaks: 'reliable', draw: (d) => `cut ${d.link()} ${d.window()}` },
  { breaks: 'reliable', draw: (d) => `partition ${d.division()} ${d.window()}` },
  { breaks: 'noDuplicates', draw: (d) => `duplicate ${d.logarithmic(1, 50)}% ${d.window()}` },
  {
    breaks: 'fifo',
    draw: (d) => `reorder ${d.logarithmic(1, 50)}% by 1-${1 + d.logarithmic(1, 100)}ms ${d.window()}`,
  },
  { breaks: 'stop', draw: (d) => `crash ${d.process()} at ${d.time()}ms` },
  { breaks: 'recover', draw: (d) => `crash ${d.process()} ${d.window()}` },
]

/** What may be drawn of an algorithm: what it does not assume away. */
interface Allowed {
  readonly timing: boolean
  readonly reliable: boolean
  readonly noDuplicates: boolean
  readonly fifo: boolean
  readonly stop: boolean
  readonly recover: boolean
}

const allowedBy = ({ reliable, noDuplicates, fifo, crashes, synchrony }: Assumptions): Allowed => ({
  timing: synchrony !== 'synchronous',
  reliable: !reliable,
  noDuplicates: !noDuplicates,
  fifo: !fifo,
  stop: crashes === 'stop',
  recover: crashes === 'recover',
})

/** One seed in so many has no faults at all. */
const NONE_ONE_IN = 8
/** A fault that contradicts those before it is drawn anew, so often. */
const TRIES = 5

/** @param endMs when the last fault is over */
export function swarm(seed: number, assumes: Assumptions, topology: Topology, endMs: number): string {
  const dice = new Dice(seed, topology, endMs)
  if (dice.below(NONE_ONE_IN) === 0) return 'none'
  const allowed = allowedBy(assumes)
  const kinds = DRAWS.filter(({ breaks }) => allowed[breaks])
  const left = [...kinds]
  const plan: string[] = []
  for (let wanted = kinds.length === 0 ? 0 : 1 + dice.below(kinds.length); wanted > 0; wanted--) {
    const [kind] = left.splice(dice.below(left.length), 1)
    for (let t = 0; t < TRIES; t++) {
      const fault = kind!.draw(dice)
      if (!fits([...plan, fault], topology)) continue
      plan.push(fault)
      break
    }
  }
  return plan.length === 0 ? 'none' : plan.join(', ')
}

/** Two faults of one process or link may contradict each other; then the later one is not drawn. */
function fits(plan: readonly string[], topology: Topology): boolean {
  try {
    const faults = parseFaults(plan.join(', '))
    checkFaults(faults, topology.ids)
    placed(faults, topology)
    return true
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

class Dice {
  readonly #prng: Prng
  readonly #topology: Topology
  readonly #endMs: number

  constructor(seed: number, topology: Topology, endMs: number) {
    this.#prng = new Prng(seed, 'swarm')
    this.#topology = topology
    this.#endMs = endMs
  }

  readonly below = (bound: number): number => this.#prng.below(bound)

  /** From `least` to `most`, each doubling as likely as any other: by integers alone. */
  logarithmic(least: number, most: number): number {
    const doublings = 32 - Math.clz32(Math.floor(most / least))
    const low = least * 2 ** this.below(doublings)
    return Math.min(most, low + this.below(low))
  }

  time(): number {
    return this.below(this.#endMs)
  }

  window(): string {
    const at = this.time()
    return `at ${at}ms for ${1 + this.below(this.#endMs - at)}ms`
  }

  process(): string {
    return this.#prng.pick(this.#topology.ids)
  }

  link(): string {
    const [from, to] = this.#prng.pick(this.#topology.channels)
    return this.below(3) === 0 ? `${from}->${to}` : `${from}-${to}`
  }

  sign(): string {
    return this.#prng.pick(['+', '-'])
  }

  division(): string {
    const shape = this.#prng.pick(['halves', 'minority', 'isolate', 'bridge'])
    const whom = shape === 'isolate' || shape === 'bridge' ? ` ${this.process()}` : ''
    return `${shape}${whom}${this.below(4) === 0 ? ' one-way' : ''}`
  }
}
