/** A run as the server lists it; fields are null while they are not known. */
export interface RunLine {
  readonly id: string
  readonly state: string // running | finished | interrupted | foreign | damaged
  readonly why: string | null
  readonly algorithm: string
  readonly runtime: string
  readonly seed: number | null
  readonly processes: number
  readonly faults: string
  readonly startedAtMs: number
  readonly verdict: string | null
  readonly events: number | null
  readonly durationMs: number | null
  readonly shortenedFrom: string | null // the run that it is the short form of
}
