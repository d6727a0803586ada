/**
 * The same run in an order that reads well: the steps of a process stay together as long as nothing
 * that must come before is left. Steps that depend on each other by no chain of messages commute
 * (L. Lamport, CACM 21(7), 1978), so that every process sees the same in the same order.
 */
import { processOf, type Step } from '../../model/step.ts'
import type { Item } from './trial.ts'

/** Faults of processes and links change what others may do: nothing is moved across them. */
const isFence = ({ do: deed }: Step) =>
  deed === 'crash' || deed === 'recover' || deed === 'cut' || deed === 'heal'

export function inReadingOrder(items: readonly Item[]): readonly Item[] {
  const left = new Set(items)
  const needs = dependencies(items)
  const isReady = (item: Item) => needs.get(item)!.every((before) => !left.has(before))
  const ordered: Item[] = []
  while (left.size > 0) {
    const last = ordered.at(-1)
    const process = last === undefined ? null : processOf(last.step)
    const ready = [...left].filter(isReady)
    const next = ready.find(({ step }) => processOf(step) === process) ?? ready[0]!
    left.delete(next)
    ordered.push(next)
  }
  return ordered
}

/** Of each step those that must come before it. */
function dependencies(items: readonly Item[]): Map<Item, Item[]> {
  const needs = new Map<Item, Item[]>()
  const lastAt = new Map<string | null, Item>()
  const senders = new Map<unknown, Item>()
  let sinceFence: Item[] = []
  for (const item of items) {
    const { step, by, trace } = item
    const before = [lastAt.get(processOf(step)), trace === null ? undefined : senders.get(trace.by)]
    if (isFence(step)) {
      before.push(...sinceFence)
      sinceFence = []
      lastAt.clear()
    } else before.push(...fence(sinceFence))
    needs.set(
      item,
      before.filter((one) => one !== undefined),
    )
    sinceFence.push(item)
    lastAt.set(processOf(step), item)
    senders.set(by, item)
  }
  return needs
}

/** What was begun with, if that is a fence. */
const fence = (since: readonly Item[]): Item[] => since.slice(0, 1).filter(({ step }) => isFence(step))
