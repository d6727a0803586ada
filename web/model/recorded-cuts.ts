/**
 * Cuts that an algorithm recorded of itself: a process says where by an
 * indication `{type: 'recorded', id}`, bare or carried as `basic` by what runs on top.
 */
import type { EventStore } from './event-store.ts'
import { parsed } from './json.ts'
import { upTo } from './search.ts'

export interface RecordedCut {
  readonly id: string
  readonly at: Int32Array // of each process: position of its recording event, or -1
  readonly before: Int32Array // of each process: its last event before the step that recorded, or -1
}

export class RecordedCuts {
  readonly all: RecordedCut[] = []
  readonly #byId = new Map<string, RecordedCut>()
  readonly #processes: number

  constructor(processes: number) {
    this.#processes = processes
  }

  /** Takes an indication that may say so. */
  indicated(data: EventStore, i: number, text: string): void {
    const id = recordedId(parsed(text))
    const process = data.process(i)
    if (id === null || process >= this.#processes) return
    const cut = this.#cutOf(id)
    if (cut.at[process] !== -1) return
    cut.at[process] = i
    const step = data.stepOf(i) === -1 ? i : data.stepOf(i)
    const own = data.ofProcess(process)
    cut.before[process] = own[upTo(own, (at) => at < step) - 1] ?? -1
  }

  #cutOf(id: string): RecordedCut {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const none = () => new Int32Array(this.#processes).fill(-1)
    const cut = { id, at: none(), before: none() }
    this.#byId.set(id, cut)
    this.all.push(cut)
    return cut
  }
}

function recordedId(indication: unknown): string | null {
  let inner = indication
  while (isRecord(inner) && inner.type === 'basic') inner = inner.indication
  if (!isRecord(inner) || inner.type !== 'recorded' || !('id' in inner)) return null
  return typeof inner.id === 'string' ? inner.id : JSON.stringify(inner.id)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
