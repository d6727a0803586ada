/** How many items `before` holds for, where it holds for none after one for which it does not. */
export function upTo<T>(items: ArrayLike<T>, before: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}
