import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

export interface Tab {
  readonly key: string
  readonly label: string
  readonly panel: () => ComponentChildren
}

/** Panes of which one is seen. Arrows move among the tabs, as the pattern of the ARIA guide asks. */
export function Tabs(props: {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly open: string
  readonly choose: (key: string) => void
}) {
  const { label, tabs, choose } = props
  const bar = useRef<HTMLDivElement>(null)
  const open = tabs.find(({ key }) => key === props.open) ?? tabs[0]!
  const move = (by: number) => {
    const next = tabs[(tabs.indexOf(open) + by + tabs.length) % tabs.length]!
    choose(next.key)
    bar.current?.querySelector<HTMLElement>(`#tab-${next.key}`)?.focus()
  }
  return (
    <section class="tabs" aria-label={label}>
      <div
        ref={bar}
        class="tab-bar"
        role="tablist"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
          event.preventDefault()
          event.stopPropagation()
          move(event.key === 'ArrowRight' ? 1 : -1)
        }}
      >
        {tabs.map(({ key, label: name }) => (
          <button
            key={key}
            type="button"
            id={`tab-${key}`}
            role="tab"
            aria-selected={key === open.key}
            aria-controls={`panel-${open.key}`}
            tabIndex={key === open.key ? 0 : -1}
            onClick={() => choose(key)}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        key={open.key}
        class={`panel panel-${open.key}`}
        id={`panel-${open.key}`}
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the panel scrolls, so the keyboard must reach it
        tabIndex={0}
        aria-labelledby={`tab-${open.key}`}
      >
        {open.panel()}
      </div>
    </section>
  )
}
