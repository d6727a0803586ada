import { KEYS } from './keys.ts'
import { cutPosition, loaded, moveCut } from './state.ts'

/** The cut by the number of its last event, to be read and to be typed. */
export function CutAt() {
  const run = loaded.value
  if (run === null || run.length === 0) return null
  const move = (input: HTMLInputElement) => {
    if (/^\d{1,15}$/.test(input.value)) moveCut({ position: Math.min(run.length - 1, Number(input.value)) })
    input.value = String(cutPosition.peek())
  }
  return (
    <label class="cut-at" title={`${KEYS.cutAt.does} (${KEYS.cutAt.shown})`}>
      cut at event{' '}
      <input
        id="cut-at"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        value={String(cutPosition.value)}
        size={Math.max(3, String(run.length).length)}
        onChange={(event) => move(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
        }}
      />
    </label>
  )
}
