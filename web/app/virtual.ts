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

/**
 * The highest that a list may be in px: browsers cut off what is higher (Chromium at 2^25, Firefox at
 * half of that). A longer one has a scroll bar of this height and is moved under it.
 */
export const HEIGHT_MOST = 8_000_000

/** Where a list stands under its scroll bar: `top` is px of the whole list, `scrollTop` of the bar. */
export interface Scrolled {
  readonly scrollTop: number
  readonly top: number
}

/** After the bar was moved: little by little rows pass as in any list; a great leap goes to that share. */
export function scrolled(before: Scrolled, scrollTop: number, height: number, total: number): Scrolled {
  if (total <= HEIGHT_MOST) return { scrollTop, top: scrollTop }
  const bar = HEIGHT_MOST - height
  const most = total - height
  if (scrollTop <= 0) return { scrollTop, top: 0 }
  if (scrollTop >= bar - 1) return { scrollTop, top: most }
  const by = scrollTop - before.scrollTop
  const top = Math.abs(by) <= 2 * height ? before.top + by : (scrollTop / bar) * most
  return { scrollTop, top: Math.min(most, Math.max(0, top)) }
}

/** Where the bar belongs for a place in the list. */
export const barFor = (top: number, height: number, total: number): number =>
  total <= HEIGHT_MOST ? top : (top / Math.max(1, total - height)) * (HEIGHT_MOST - height)

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
