/**
 * Our own bug: a broken invariant of the testbed. It ends the run (exit 70); it
 * is never an event of the modelled world.
 */
export class Bug extends Error {
  override readonly name = 'Bug'
}

export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Bug(invariant)
}

/** The sole element of a list; anything else breaks the caller's stated assumption. */
export function only<T>(items: readonly T[], assumption: string): T {
  const [item] = items
  assert(item !== undefined && items.length === 1, `assumption broken: ${assumption}`)
  return item
}
