/**
 * What was worked out last for a run: panes ask the same at every frame. A run
 * that has grown since is another question.
 */
import type { RunData } from './run-data.ts'

export function remembered<Key, Value>(work: (data: RunData, key: Key) => Value) {
  const last = new WeakMap<RunData, { key: Key; length: number; value: Value }>()
  return (data: RunData, key: Key): Value => {
    const known = last.get(data)
    if (known !== undefined && known.key === key && known.length === data.length) return known.value
    const value = work(data, key)
    last.set(data, { key, length: data.length, value })
    return value
  }
}
