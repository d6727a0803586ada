import type { Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { AbdRegister, OperationId } from './abd-register.ts'

interface Operation {
  readonly by: ProcessId
  readonly verb: 'read' | 'write'
  readonly askedNs: number
  answer: { readonly value: string | null; readonly atNs: number } | null
}

interface Memory {
  readonly operations: Map<OperationId, Operation>
  readonly processes: number
  messages: number
}

/** Rows shown: enough for a run that is read, few enough for a screen. */
const ROWS_MAX = 40

/** Every operation, from when to when, and what came out of it. */
export const operationsReport: Report<AbdRegister, Memory> = {
  initial: ({ length: processes }) => ({ operations: new Map(), processes, messages: 0 }),
  upon(memory, event) {
    const { operations } = memory
    if (event.kind === 'send') memory.messages++
    if (event.kind === 'request') {
      const { id, type: verb } = event.request
      operations.set(id, { by: event.at, verb, askedNs: event.timeNs, answer: null })
    }
    if (event.kind !== 'indicate') return
    const operation = operations.get(event.indication.id)
    if (operation) operation.answer ??= { value: event.indication.value, atNs: event.timeNs }
  },
  tables({ operations, processes, messages }) {
    const all = [...operations.values()].sort((a, b) => a.askedNs - b.askedNs)
    const done = all.flatMap(({ askedNs, answer }) => (answer ? [(answer.atNs - askedNs) / 1e6] : []))
    const mean = done.reduce((sum, ms) => sum + ms, 0) / Math.max(1, done.length)
    const rows = all.slice(0, ROWS_MAX).map(({ by, verb, askedNs, answer }) => {
      const took = answer === null ? '–' : ((answer.atNs - askedNs) / 1e6).toFixed(2)
      return [by, verb, answer === null ? 'no answer' : (answer.value ?? 'nothing'), ms(askedNs), took]
    })
    return [
      {
        title: 'Operations on the register',
        columns: ['process', 'operation', 'value', 'asked at ms', 'took ms'],
        rows,
        summary:
          `${done.length} of ${all.length} answered, in ${mean.toFixed(1)} ms on average; ` +
          `${(messages / Math.max(1, all.length)).toFixed(1)} messages each, ` +
          `4(n − 1) = ${4 * (processes - 1)}` +
          (all.length > rows.length ? `; the first ${rows.length} are shown` : ''),
      },
    ]
  },
}

const ms = (ns: number) => (ns / 1e6).toFixed(2)
