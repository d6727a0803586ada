/**
 * Fetching the blocks of a group from all its supporters in turn. Only where a chain differs from
 * one's own are its blocks fetched: from the top down to a first guess, then twice as deep, until
 * they fit on one's own or there is nothing below. A height is only a claim: so many blocks are asked
 * for at a time, and each is compared with its neighbours as it comes, so that whoever tells of a
 * million blocks has to find them.
 */
import type { ProcessId } from '../../model/process.ts'
import { type Block, flawOn } from './block.ts'
import type { Group } from './chain.ts'

export interface Download {
  group: Group
  low: number // the lowest height that is fetched
  asked: number // below it every block has been asked for
  step: number // how much deeper next time
  blocks: Map<number, Block>
  turn: number // of the supporter that is asked next
  tries: number
}

export function downloadOf(group: Group, ownHeight: number): Download {
  const low = Math.max(0, Math.min(ownHeight, group.height - 1) - 1)
  return { group, low, asked: low, step: 2, blocks: new Map(), turn: 0, tries: 0 }
}

/** Blocks that are asked for at a time. */
const WINDOW = 32

/** At most so many of the heights that are not there yet, the lowest first. */
export function missing({ group, low, blocks }: Download, most: number): number[] {
  const heights: number[] = []
  for (let height = low; height < group.height && heights.length < most; height++) {
    if (!blocks.has(height)) heights.push(height)
  }
  return heights
}

/** Whom to ask for which block: round robin, going on where it left off. */
export function asks(download: Download): { to: ProcessId; height: number }[] {
  const { supporters } = download.group
  const heights = missing(download, WINDOW)
  download.asked = (heights.at(-1) ?? 0) + 1
  return heights.map((height) => ({ to: supporters[download.turn++ % supporters.length]!, height }))
}

/** Whether a block that has come fits on the one below and under the one above, if these are there. */
export function links({ blocks }: Download, height: number, difficulty: number): boolean {
  return [height, height + 1].every((upper) => {
    const [below, above] = [blocks.get(upper - 1), blocks.get(upper)]
    return below === undefined || above === undefined || flawOn(below.hash, above, difficulty) === null
  })
}

/** The blocks from the lowest up, when all are there. */
export const piece = ({ group, low, blocks }: Download): Block[] =>
  Array.from({ length: group.height - low }, (_, i) => blocks.get(low + i)!)

/** Looks further down; false if there is nothing below. */
export function deeper(download: Download): boolean {
  if (download.low === 0) return false
  download.low = Math.max(0, download.low - download.step)
  download.step *= 2
  return true
}
