/** Which rows of a long list are put in the page. All rows are equally high. */
export interface Rows {
  readonly from: number
  readonly to: number // exclusive
}

const SPARE = 6 // rows above and below what is seen, so that scrolling does not flash

export function rowsInView(scrollTop: number, height: number, rowHeight: number, length: number): Rows {
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE)
  const to = Math.min(length, Math.ceil((scrollTop + height) / rowHeight) + SPARE)
  return { from: Math.min(from, to), to }
}

/** Where to scroll so that a row is seen; null if it already is. */
export function scrollFor(row: number, scrollTop: number, height: number, rowHeight: number): number | null {
  const top = row * rowHeight
  if (top < scrollTop) return Math.max(0, top - rowHeight)
  if (top + rowHeight > scrollTop + height) return top - height + 2 * rowHeight
  return null
}

/** Index in an ascending list of the last entry that is at most `value`; -1 if none is. */
export function lastAtMost(list: ArrayLike<number>, value: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
