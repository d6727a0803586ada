/** Sums with windows on an axis. Pure. */
type Window = readonly [from: number, to: number]

export function zoomed([from, to]: Window, factor: number, about: number): Window {
  const fixed = from + about * (to - from)
  return [fixed - about * (to - from) * factor, fixed + (1 - about) * (to - from) * factor]
}

/** By a share of its width. */
export function panned([from, to]: Window, by: number): Window {
  const width = to - from
  return [from + by * width, to + by * width]
}

/** Neither narrower than `least` nor wider than the whole, and within it. */
export function held([from, to]: Window, [first, last]: Window, least: number): Window {
  const width = Math.min(Math.max(to - from, least), Math.max(least, last - first))
  const wanted = (from + to) / 2 - width / 2
  const start = Math.max(first, Math.min(wanted, last - width))
  return [start, start + width]
}
