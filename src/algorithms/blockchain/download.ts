/**
 * Fetching the blocks of a group from all its supporters in turn. Only where a chain differs from
 * one's own are its blocks fetched: from the top down to a first guess, then twice as deep, until
 * they fit on one's own or there is nothing below.
 */
import type { ProcessId } from '../../model/process.ts'
import type { Block } from './block.ts'
import type { Group } from './chain.ts'

export interface Download {
  group: Group
  low: number // the lowest height that is fetched
  step: number // how much deeper next time
  blocks: Map<number, Block>
  turn: number // of the supporter that is asked next
  tries: number
}

export function downloadOf(group: Group, ownHeight: number): Download {
  const low = Math.max(0, Math.min(ownHeight, group.height - 1) - 1)
  return { group, low, step: 2, blocks: new Map(), turn: 0, tries: 0 }
}

/** The heights that are not there yet, the lowest first. */
export function missing({ group, low, blocks }: Download): number[] {
  const heights: number[] = []
  for (let height = low; height < group.height; height++) if (!blocks.has(height)) heights.push(height)
  return heights
}

/** Whom to ask for which block: round robin, going on where it left off. */
export function asks(download: Download, heights: readonly number[]): { to: ProcessId; height: number }[] {
  const { supporters } = download.group
  return heights.map((height) => ({ to: supporters[download.turn++ % supporters.length]!, height }))
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
