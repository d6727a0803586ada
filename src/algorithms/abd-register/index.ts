import { UsageError } from '../../lib/usage-error.ts'
import type { Asked, CatalogueEntry } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import { natural, operationName, optional, positive, processId, text } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { type AbdRegister, abdRegister } from './abd-register.ts'
import { registerProperties } from './checker.ts'
import { operationsReport } from './report.ts'

interface Options {
  writers: number
  readers: number
  operations: number
  everyMs: number
}

const operationId = operationName(40)
const value = text(200)
const version = { number: natural, writer: optional(processId), value: optional(value) }

export const entry: CatalogueEntry<AbdRegister, Options> = {
  name: 'abd-register',
  summary: 'one shared register, of which every process holds a copy; a majority is enough to read and write',
  options: {
    writers: { shape: natural, default: 2, help: 'how many processes write: the first ones' },
    readers: { shape: natural, default: 2, help: 'how many processes read: the last ones' },
    operations: { shape: natural, default: 4, help: 'how many operations each of them makes' },
    everyMs: { shape: positive, default: 40, help: 'mean time between two of them' },
  },
  make: () => abdRegister,
  assumes: {
    fifo: false,
    reliable: true,
    noDuplicates: false,
    crashes: 'stop',
    faulty: (n) => Math.floor((n - 1) / 2),
    synchrony: 'asynchronous',
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      isComplete(places) ? null : 'a quorum may be any majority: everyone must reach everyone; use complete',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: { read: { id: operationId }, write: { id: operationId, value } },
    message: {
      query: { phase: natural },
      answer: { phase: natural, ...version },
      propagate: { phase: natural, ...version },
      ack: { phase: natural },
    },
    timer: {},
  },
  faults: 'latency 2-12ms',
  workload(random, places, { writers, readers, operations, everyMs }) {
    const ids = places.map(({ self }) => self)
    for (const [option, many] of Object.entries({ writers, readers })) {
      if (many > ids.length) {
        throw new UsageError(`--${option} ${many}: there are ${ids.length} processes`)
      }
    }
    const asked = (to: ProcessId, verb: 'r' | 'w') =>
      Array.from({ length: operations }, (_, i): Asked<AbdRegister> => {
        const id = `${verb}${i + 1}.${to}` // each value is written once: it is called as its write is
        const request =
          verb === 'r' ? { type: 'read' as const, id } : { type: 'write' as const, id, value: id }
        return { to, request, atMs: i * everyMs + random.below(everyMs) }
      })
    return [
      ...ids.slice(0, writers).flatMap((id) => asked(id, 'w')),
      ...ids.slice(ids.length - readers).flatMap((id) => asked(id, 'r')),
    ]
  },
  properties: registerProperties,
  report: () => operationsReport,
  ends: 'quiescent',
  // One write and two reads, one after the other: the least in which an older value could follow a newer.
  smallScope: {
    peers: 3,
    inputs: ([writer, reader]) => [
      {
        at: writer!.self,
        times: 1,
        requests: ({ current }) => (current === null ? [{ type: 'write', id: 'w', value: 'a' }] : []),
      },
      {
        at: reader!.self,
        times: 2,
        requests: ({ current, phase }) => (current === null ? [{ type: 'read', id: `r${phase}` }] : []),
      },
    ],
  },
}
