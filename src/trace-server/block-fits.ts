/**
 * Whether a decoded block belongs to a run. Bytes from outside can be a sound
 * block and still name a process that the run has not; what reads columns by
 * index must not meet such a block.
 */
import { type Block, NOBODY } from '../trace-format/events.ts'

/** What keeps a block from being the one that follows `first` events; null when nothing does. */
export function blockMisfit(
  block: Pick<Block, 'first' | 'process' | 'peer'>,
  processes: number,
  first: number,
): string | null {
  if (block.first !== first) return `the block begins with event ${block.first}, expected was ${first}`
  const { process, peer } = block
  for (let i = 0; i < process.length; i++) {
    if (process[i]! >= processes) return 'an event names a process that is not there'
    if (peer[i]! >= processes && peer[i] !== NOBODY) return 'an event names a peer that is not there'
  }
  return null
}
