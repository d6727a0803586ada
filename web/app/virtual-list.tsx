/**
 * A long list of which only what is seen is in the page. A listbox: arrows move
 * through it, and the selected row is named by aria-activedescendant, as the
 * focus stays with the list while rows come and go.
 */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { barFor, HEIGHT_MOST, rowsInView, type Scrolled, scrolled, scrollFor } from './virtual.ts'

interface Props {
  readonly label: string
  readonly id: string
  readonly length: number
  readonly selected: number // index of a row, -1 for none
  readonly choose: (row: number) => void
  readonly row: (row: number) => ComponentChildren
  readonly empty: string
  /** A drawing that stays before the rows while they scroll under it; it takes no pointer. */
  readonly over?: (top: number) => ComponentChildren // px of the list above what is seen
}

/** In rem, as the text of a row grows with it. */
export const ROW_REM = 1.5

export function VirtualList({ label, id, length, selected, choose, row, empty, over }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<Scrolled>({ scrollTop: 0, top: 0 })
  const [height, setHeight] = useState(400)
  const rowHeight = ROW_REM * rootFontSize()
  const total = length * rowHeight
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setHeight(list.current?.clientHeight ?? 400))
    if (list.current !== null) observer.observe(list.current)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (list.current === null || selected < 0) return
    const { clientHeight } = list.current
    const to = scrollFor(selected, at.top, clientHeight, rowHeight)
    if (to === null) return
    const scrollTop = barFor(to, clientHeight, total)
    setAt({ scrollTop, top: to })
    list.current.scrollTop = scrollTop
  }, [selected, length])
  const { from, to } = rowsInView(at.top, height, rowHeight, length)
  const indices = Array.from({ length: to - from }, (_, i) => from + i)
  if (selected >= 0 && selected < length && (selected < from || selected >= to)) indices.push(selected)
  return (
    <div
      ref={list}
      class="listbox"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={selected >= 0 && selected < length ? `${id}-${selected}` : undefined}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget
        // The bar rounds: where it was put by us it has not been moved.
        if (Math.abs(scrollTop - at.scrollTop) >= 1) setAt(scrolled(at, scrollTop, height, total))
      }}
      onKeyDown={(event) => {
        const next = rowAfter(event.key, selected, length, Math.max(1, Math.floor(height / rowHeight) - 1))
        if (next === null) return
        event.preventDefault()
        event.stopPropagation()
        choose(next)
      }}
    >
      {length === 0 && <p class="quiet">{empty}</p>}
      {over !== undefined && length > 0 && (
        <div class="over-rows" role="presentation">
          <div style={{ height: `${height}px` }}>{over(at.top)}</div>
        </div>
      )}
      <div
        class="rows"
        role="presentation"
        style={{ height: `${Math.min(length * ROW_REM, HEIGHT_MOST / rootFontSize())}rem` }}
      >
        {indices.map((index) => (
          // The focus stays with the list, which hears the keys; see the head of the file.
          // biome-ignore lint/a11y/useFocusableInteractive: named by aria-activedescendant
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's
          <div
            key={index}
            id={`${id}-${index}`}
            class="row"
            role="option"
            aria-selected={index === selected}
            aria-posinset={index + 1}
            aria-setsize={length}
            style={{ top: `${index * ROW_REM + (at.scrollTop - at.top) / rootFontSize()}rem` }}
            onClick={() => choose(index)}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  )
}

const rootFontSize = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16

function rowAfter(key: string, selected: number, length: number, page: number): number | null {
  if (length === 0) return null
  const clamp = (row: number) => Math.min(length - 1, Math.max(0, row))
  if (key === 'ArrowDown') return clamp(selected + 1)
  if (key === 'ArrowUp') return clamp(selected - 1)
  if (key === 'PageDown') return clamp(selected + page)
  if (key === 'PageUp') return clamp(selected - page)
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  return null
}
