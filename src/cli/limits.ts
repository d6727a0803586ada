/** Refuses a run that this machine cannot hold, before anything is started. */
import { totalmem } from 'node:os'
import { UsageError } from '../lib/usage-error.ts'

/** Descriptors the process itself has open: standard streams, event loop, files, worker, servers. */
const OWN_DESCRIPTORS = 60
/** Resident memory of a link with its two channels, both ends in this process (measured: 75–100 kB). */
const BYTES_A_LINK = 100_000
/** Resident memory of a host (measured: 600 kB). */
const BYTES_A_HOST = 600_000

export function checkMachine(processes: number, links: number, transport: 'tcp' | 'memory'): void {
  const bytes = processes * BYTES_A_HOST + links * BYTES_A_LINK
  if (bytes > totalmem() * 0.8) {
    throw new UsageError(
      `${processes} hosts with ${links} links need about ${gigabytes(bytes)} of memory; this machine has ` +
        `${gigabytes(totalmem())}. Take fewer --peers, a sparse --topology such as ring, ` +
        'or --runtime simulator',
    )
  }
  if (transport !== 'tcp') return
  const needed = OWN_DESCRIPTORS + processes + 2 * links
  const limit = descriptorLimit()
  if (needed > limit) {
    throw new UsageError(
      `${processes} hosts with ${links} TCP links need ${needed} file descriptors; the limit is ${limit}. ` +
        'Take fewer --peers, --transport memory, a sparse --topology such as ring, or raise it: ulimit -n',
    )
  }
}

/** Node raises the soft limit to the hard one when it starts. */
function descriptorLimit(): number {
  if (process.report === undefined) return Number.POSITIVE_INFINITY
  Object.assign(process.report, { excludeNetwork: true }) // or it looks up names
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
