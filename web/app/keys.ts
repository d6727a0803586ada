/** The keys, once: the cheat sheet is this table, and so is what they do. */
export interface Key {
  readonly shown: string // as the cheat sheet writes it
  readonly keys: readonly string[] // KeyboardEvent.key
  readonly does: string
}

export const KEYS = {
  next: { shown: '→', keys: ['ArrowRight'], does: 'next event of the process' },
  previous: { shown: '←', keys: ['ArrowLeft'], does: 'previous event of the process' },
  up: { shown: '↑', keys: ['ArrowUp'], does: 'the process above, at about the same time' },
  down: { shown: '↓', keys: ['ArrowDown'], does: 'the process below' },
  follow: { shown: 'Enter', keys: ['Enter'], does: 'the other end of the message' },
  cutBack: { shown: '[', keys: ['['], does: 'move the cut one event back' },
  cutOn: { shown: ']', keys: [']'], does: 'move the cut one event on' },
  cutFarBack: { shown: '{', keys: ['{'], does: 'a fiftieth of the run back' },
  cutFarOn: { shown: '}', keys: ['}'], does: 'a fiftieth of the run on' },
  cutOwnBack: { shown: '<', keys: ['<'], does: 'the cut of the selected process alone one event back' },
  cutOwnOn: { shown: '>', keys: ['>'], does: 'the cut of the selected process alone one event on' },
  earliest: { shown: 'e', keys: ['e'], does: 'the earliest consistent cut with the selected event' },
  latest: { shown: 'l', keys: ['l'], does: 'the latest consistent cut that ends with it' },
  cutAt: { shown: 'c', keys: ['c'], does: 'type the event to cut at' },
  axis: { shown: 'a', keys: ['a'], does: 'real or logical time' },
  closer: { shown: '+', keys: ['+', '='], does: 'zoom in' },
  wider: { shown: '−', keys: ['-', '_'], does: 'zoom out' },
  panBack: { shown: ',', keys: [','], does: 'earlier' },
  panOn: { shown: '.', keys: ['.'], does: 'later' },
  fit: { shown: 'f', keys: ['f'], does: 'fit the whole run' },
  search: { shown: '/', keys: ['/'], does: 'filter by text' },
  play: { shown: 'p', keys: ['p'], does: 'play or pause the run' },
  clear: { shown: 'Esc', keys: ['Escape'], does: 'select nothing' },
  help: { shown: '?', keys: ['?'], does: 'this list' },
} as const satisfies Record<string, Key>

export type Command = keyof typeof KEYS

const BY_KEY = new Map<string, Command>(
  Object.entries(KEYS).flatMap(([command, { keys }]) =>
    keys.map((key) => [key, command as Command] as const),
  ),
)

interface Pressed {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** What a key means; with a modifier it belongs to the browser. */
export function commandOf({ key, ctrlKey, metaKey, altKey }: Pressed): Command | null {
  return ctrlKey || metaKey || altKey ? null : (BY_KEY.get(key) ?? null)
}

/** Whether an element takes the key for itself. */
export function takesKeys(target: EventTarget | null, command: Command): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('dialog[open]') !== null) return true
  if (target.matches('input:not([type=checkbox]):not([type=radio]), select, textarea')) return true
  const arrows = ['next', 'previous', 'up', 'down'].includes(command)
  if (arrows && target.matches('input, [role=tab], [role=tabpanel]')) return true
  return command === 'follow' && target.matches('button, a, input, summary')
}
