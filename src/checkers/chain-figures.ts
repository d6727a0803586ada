/** What became of a chain of blocks: how many were mined in vain, and how soon all had the others. */
import type { ProcessId } from '../model/process.ts'

export interface MinedBlock {
  readonly height: number
  readonly minedBy: ProcessId
  readonly messages: number
  readonly atNs: number
  readonly holders: Set<ProcessId>
  lastNs: number // when the last of all had adopted it
}

export interface ChainMemory {
  readonly blocks: Map<string, MinedBlock>
  readonly chains: Map<ProcessId, string[]>
  deepest: number // most blocks that were given up at once
}

export interface ChainFigures {
  readonly blocks: number
  readonly orphans: number
  readonly orphanRate: number
  readonly agreedMs: number // from the finding of a block that stayed until all had it, mean
  readonly agreedMaxMs: number
  readonly deepest: number
}

/** The blocks of the highest chain at the end. */
export function highest({ blocks, chains }: ChainMemory) {
  const [first] = [...chains.values()].toSorted((a, b) => b.length - a.length)
  return first!.map((hash) => ({ hash, ...blocks.get(hash)! }))
}

export function chainFigures(memory: ChainMemory): ChainFigures {
  const { blocks, chains, deepest } = memory
  const main = highest(memory)
  const agreed = main
    .filter(({ holders }) => holders.size === chains.size)
    .map(({ atNs, lastNs }) => (lastNs - atNs) / 1e6)
  const orphans = blocks.size - main.length
  return {
    blocks: blocks.size,
    orphans,
    orphanRate: orphans / Math.max(1, blocks.size),
    agreedMs: agreed.reduce((sum, each) => sum + each, 0) / Math.max(1, agreed.length),
    agreedMaxMs: Math.max(0, ...agreed),
    deepest,
  }
}
