/**
 * What a run was, beside its events: the content of `run.json`. All fields are data from outside
 * once read back.
 */

/** Grows by one when an older reader would misread a newer file. */
export const FORMAT_VERSION = 1

/** Characters of a run's notes: room for any page on an algorithm, and none for what is no page. */
export const NOTES_MAX = 256 * 1024

export interface RunDescription {
  readonly format: number // FORMAT_VERSION
  readonly id: string // of the run's folder; 16 hex digits are its tag in trace ids, see `spans.ts`
  readonly tag: string
  readonly algorithm: string
  readonly runtime: string // 'libp2p' | 'simulator' | 'otlp' (spans of another program)
  readonly seed: number
  readonly processes: readonly string[] // ids in order: an index in a column is an index here
  readonly peerIds: readonly string[] // libp2p identities in the same order; empty in the simulator
  readonly links: readonly (readonly [number, number])[] // undirected, by index
  readonly topology: string
  readonly options: Readonly<Record<string, unknown>>
  readonly faults: string // the fault plan as text; '' for none
  readonly startedAtMs: number // wall clock, Unix ms: global time 0 of the run
  readonly command: string // repeats the run
  readonly shortenedFrom?: ShortenedFrom // of a counterexample whose first run is kept as well
  readonly notes?: string // on the algorithm, Markdown, at most NOTES_MAX; kept as notes.md, not in run.json
}

/** A run beside that which it is the short form of. */
export interface ShortenedFrom {
  readonly run: string // its id
  readonly processes: readonly string[] // what the processes of this run are called there, in order
  readonly events: readonly (readonly [here: number, there: number])[] // what came to a process in both
}

/** One promise of the algorithm, judged. */
export interface JudgedProperty {
  readonly name: string
  readonly kind: string // always | eventually | sometimes
  readonly verdict: string // valid | violated | unknown | not seen
  readonly findings: readonly { readonly explanation: string; readonly witnesses: readonly number[] }[]
}

export interface MessageCount {
  readonly type: string
  readonly sent: number
  readonly delivered: number
  readonly lost: number
  readonly duplicated: number
  readonly bytes: number // on the wire, of all sent
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null // null: none delivered
}

export interface ResultTable {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly summary?: string
}

/** How a run came out. */
export interface RunOutcome {
  readonly verdict: string // valid | violated | unknown
  readonly ended: string // why it ended: quiescent, time over, interrupted …
  readonly events: number
  readonly durationMs: number
  readonly properties: readonly JudgedProperty[]
  readonly messages: readonly MessageCount[]
  readonly tables: readonly ResultTable[]
  readonly faultsFired: Readonly<Record<string, number>> // by the rule's text
  readonly digest?: string // of the history, SHA-256 in hex; of a simulated run
  readonly notes: readonly string[] // what a reader must know: faults cut from the plan, assumptions lifted
}

/** What became of the spans of a run at one sink: made = accepted + refused + dropped. */
export interface SinkCount {
  readonly sink: string // 'viewer', 'jaeger' …
  readonly where: string // address
  readonly made: number
  readonly accepted: number
  readonly refused: number // the sink said no
  readonly dropped: number // never got an answer
  readonly note?: string // why, in one line
  readonly ui?: string // where a person sees the traces, of a collector
}

/**
 * The whole of run.json. `outcome` is missing while a run goes on, and for ever if the process
 * was killed.
 */
export interface RunRecord {
  readonly run: RunDescription
  readonly outcome?: RunOutcome
  readonly sinks?: readonly SinkCount[]
}
