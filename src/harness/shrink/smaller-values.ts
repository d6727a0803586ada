/** Smaller numbers in requests, in dice and in options: 0 or 1 if they do, else about half. */
import type { Tagged } from '../../model/process.ts'
import { type AnyShapes, misfit } from '../../model/shape.ts'
import type { Fails } from './fewer-steps.ts'
import type { Item } from './trial.ts'

type Path = readonly string[]

export function smallerValues(items: readonly Item[], shapes: AnyShapes, fails: Fails): readonly Item[] {
  let left = items
  for (let at = 0; at < left.length; at++) {
    const { step } = left[at]!
    if (step.do !== 'request') continue
    for (const path of naturalsIn(step.request)) {
      left = smaller(left, at, path, shapes, fails)
      if (left[at]?.step.do !== 'request') break
    }
  }
  return left
}

function smaller(
  items: readonly Item[],
  at: number,
  path: Path,
  shapes: AnyShapes,
  fails: Fails,
): readonly Item[] {
  const item = items[at]!
  if (item.step.do !== 'request') return items
  const { request } = item.step
  const value = valueAt(request, path)
  for (const less of smallerThan(value)) {
    const asked = changed(request, path, less) as Tagged
    if (misfit(shapes, asked) !== null) continue
    const candidate = items.with(at, { ...item, step: { ...item.step, request: asked } })
    const failed = fails(candidate)
    if (failed === null || failed.length > items.length) continue
    // Nothing but the value may be another, or there is nothing to go on with at this place.
    const goesOn = less > 1 && failed.length === items.length
    return goesOn ? smaller(failed, at, path, shapes, fails) : failed
  }
  return items
}

function naturalsIn(value: unknown, path: Path = []): Path[] {
  if (Number.isSafeInteger(value) && (value as number) > 0) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) => naturalsIn(field, [...path, name]))
}

const valueAt = (value: unknown, path: Path): number =>
  path.reduce((inner, name) => (inner as Record<string, unknown>)[name], value) as number

function changed(value: unknown, [name, ...rest]: Path, less: number): unknown {
  if (name === undefined) return less
  const inner = (value as Record<string, unknown>)[name]
  const field = changed(inner, rest, less)
  return Array.isArray(value) ? value.with(Number(name), field) : { ...(value as object), [name]: field }
}

const smallerThan = (value: number): number[] =>
  [...new Set([0, 1, Math.floor(value / 2), value - 1])].filter((less) => less < value)

/** Dice that show 0, one die after the other. */
export function zeroDice(items: readonly Item[], fails: Fails): readonly Item[] {
  let left = items
  for (let at = 0; at < left.length; at++) {
    for (let die = 0; die < (left[at]?.step.dice?.length ?? 0); die++) {
      const { step } = left[at]!
      if (step.dice![die] === 0) continue
      const failed = fails(left.with(at, { ...left[at]!, step: { ...step, dice: step.dice!.with(die, 0) } }))
      if (failed !== null && failed.length <= left.length) left = failed
    }
  }
  return left
}

type Options = Readonly<Record<string, unknown>>

/** Options that are numbers, as small as they can be; `works` goes on with those that still fail. */
export function smallerOptions(options: Options, works: (options: Options) => boolean): void {
  let best = options
  for (const name of Object.keys(options)) {
    for (let value = best[name]; Number.isSafeInteger(value) && (value as number) > 0; ) {
      const next = smallerThan(value as number).find((less) => works({ ...best, [name]: less }))
      if (next === undefined) break
      value = next
      best = { ...best, [name]: next }
    }
  }
}
