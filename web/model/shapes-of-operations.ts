/**
 * Operations by their shape: the tree of messages that a request led to, by
 * types, whoever sent them and in whatever order. Shapes are numbers, made from
 * the leaves up, so that a million messages cost one sweep.
 */
import { operationNs } from './operation-figures.ts'
import type { RunData } from './run-data.ts'

export interface Cluster {
  readonly shape: string // `lookup(ask(answer) ×3)`
  readonly messages: number // in each
  readonly operations: readonly number[] // in `operations`
  readonly medianNs: number // from the request to the last step
}

interface Shape {
  readonly text: string
  readonly messages: number
}

/** A text longer than this says nothing more to a reader. */
const TEXT_MAX = 160

/** The most frequent first. */
export function clusters(data: RunData): Cluster[] {
  const shapes = new Shapes()
  const below = new Map<number, number[]>() // by step: the shapes of what it sent
  const ofOperation = new Int32Array(data.operations.length).fill(-1)
  const { deliverAt } = data.messages
  for (let i = data.length - 1; i >= 0; i--) {
    if (data.isStep(i)) {
      const operation = data.operationOf(i)
      if (operation !== -1 && data.operations[operation]!.position === i) {
        ofOperation[operation] = shapes.numberOf(data.typeOf(i), below.get(i) ?? [], 0)
        below.delete(i)
      }
      continue
    }
    const m = data.messageOfSend(i)
    const step = data.stepOf(i)
    if (m === -1 || step === -1 || data.operationOf(step) === -1) continue
    const received = deliverAt[m]!
    const type = received === -1 ? `undelivered ${data.typeOf(i)}` : data.typeOf(i)
    const shape = shapes.numberOf(type, received === -1 ? [] : (below.get(received) ?? []), 1)
    below.delete(received)
    const siblings = below.get(step)
    if (siblings === undefined) below.set(step, [shape])
    else siblings.push(shape)
  }
  const grouped = Map.groupBy(ofOperation.keys(), (operation) => ofOperation[operation]!)
  grouped.delete(-1)
  return [...grouped]
    .map(([shape, operations]) => ({
      shape: shapes.all[shape]!.text,
      messages: shapes.all[shape]!.messages,
      operations,
      medianNs: median(operations.map((operation) => operationNs(data, operation))),
    }))
    .sort((a, b) => b.operations.length - a.operations.length || (a.shape < b.shape ? -1 : 1))
}

class Shapes {
  readonly all: Shape[] = []
  readonly #numbers = new Map<string, number>()

  /** `own`: 1 for a message, 0 for the request itself. */
  numberOf(type: string, below: readonly number[], own: number): number {
    const counts = new Map<number, number>()
    for (const shape of below.toSorted((a, b) => a - b)) counts.set(shape, (counts.get(shape) ?? 0) + 1)
    const key = JSON.stringify([type, own, ...[...counts].flat()])
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const parts = [...counts].map(([shape, times]) => ({ ...this.all[shape]!, times }))
    const inside = parts.map(({ text, times }) => (times === 1 ? text : `${text} ×${times}`)).sort()
    const text = inside.length === 0 ? type : `${type}(${inside.join(', ')})`
    this.#numbers.set(key, this.all.length)
    this.all.push({
      text: text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text,
      messages: parts.reduce((sum, { messages, times }) => sum + messages * times, own),
    })
    return this.all.length - 1
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
