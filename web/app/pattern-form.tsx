/** A pattern as the reader makes it: by pulling from line to line in a drawing, or as a form. */
import { computed, signal } from '@preact/signals'
import { LETTERS, LOCAL_WORDS, letterAt, pattern } from '../draw/pattern.ts'
import {
  AHEAD,
  EVENTS_MOST,
  eventsIn,
  isLocal,
  LOCAL_KINDS,
  type LocalKind,
  localTypes,
  type Pattern,
  type PatternLocal,
  type PatternMessage,
  type PatternPart,
} from '../model/patterns.ts'
import { Canvas, pointOf, type Size } from './canvas.tsx'
import { drawnPattern, look, mistake } from './finding.ts'
import { motifText } from './motif-text.ts'
import { loaded } from './state.ts'

const lookFor = (parts: Pattern) => look(motifText(parts))
const hasRoom = (parts: Pattern, events: number) => eventsIn(parts) + events <= EVENTS_MOST

const size = signal<Size>({ width: 0, height: 0 })
const pulled = signal<{ from: string; x: number; y: number } | null>(null)
const list = computed(() => pattern({ ...size.value, pattern: drawnPattern.value, pulled: pulled.value }))

/** A pull from line to line adds a message, a click on a line an event of that process. */
export function DrawnPattern() {
  const parts = drawnPattern.value
  return (
    <>
      <h2>or draw a pattern</h2>
      <Canvas
        class="pattern"
        role="img"
        aria-label={`Pattern: ${parts.map(inWords).join(', then ') || 'nothing yet'}`}
        draw={() => list.value}
        resized={(now) => {
          size.value = now
        }}
        onPointerDown={(event) => {
          if (!hasRoom(parts, 1) || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          const [x, y] = pointOf(event)
          pulled.value = { from: letterAt(size.peek().height, y), x, y }
        }}
        onPointerMove={(event) => {
          if (pulled.peek() !== null) pulled.value = { ...pulled.peek()!, y: pointOf(event)[1] }
        }}
        onPointerUp={(event) => {
          const from = pulled.peek()?.from
          pulled.value = null
          if (from === undefined) return
          const to = letterAt(size.peek().height, pointOf(event)[1])
          if (from === to) lookFor([...parts, localAt(from)])
          else if (hasRoom(parts, 2)) lookFor([...parts, { from, to, type: null }])
        }}
      />
    </>
  )
}

function inWords(part: PatternPart): string {
  if (isLocal(part)) return `${part.at} ${LOCAL_WORDS[part.kind]}${part.type === null ? '' : ` ${part.type}`}`
  return `${part.type ?? 'any message'} from ${part.from} to ${part.to}`
}

/** What readers ask of first, if the run has it. */
const LIKELY: readonly LocalKind[] = ['request', 'indicate', 'timeout', 'crash']

function localAt(at: string): PatternLocal {
  const kinds = localTypes(loaded.peek()!, null)
  return { at, kind: LIKELY.find((kind) => kinds.has(kind)) ?? 'start', type: null }
}

/** Back to where the last came from: most questions are about answers. */
function nextMessage(parts: Pattern): PatternMessage {
  const last = parts.at(-1)
  if (last === undefined) return { from: 'a', to: 'b', type: null }
  if (isLocal(last)) return { from: last.at, to: last.at === 'a' ? 'b' : 'a', type: null }
  return { from: last.to, to: last.from, type: null }
}

function nextLocal(parts: Pattern): PatternLocal {
  const last = parts.at(-1)
  return localAt(last === undefined ? 'a' : isLocal(last) ? last.at : last.to)
}

/** The same pattern without a mouse. */
export function PatternForm() {
  const parts = drawnPattern.value
  const add = (name: string, events: number, next: (parts: Pattern) => PatternPart) => (
    <button type="button" disabled={!hasRoom(parts, events)} onClick={() => lookFor([...parts, next(parts)])}>
      {name}
    </button>
  )
  return (
    <>
      {parts.map((part, k) => (
        // Parts of a pattern have no name but their place.
        <Row key={`${k}`} index={k} part={part} />
      ))}
      <p>
        {add('add a message', 2, nextMessage)} {add('add an event', 1, nextLocal)}{' '}
        {parts.length > 0 && (
          <button type="button" onClick={() => look('')}>
            clear
          </button>
        )}
      </p>
      {parts.length === 0 && (
        <p class="quiet">
          Or pull from one line to another for a message, and click on a line for an event of that process.
        </p>
      )}
      {parts.length > 0 && (
        <p class="quiet">Each next event is looked for among the {AHEAD} that follow at its process.</p>
      )}
      {mistake.value !== null && <p class="inconsistent">{mistake.value}</p>}
    </>
  )
}

interface Choice {
  readonly name: string
  readonly value: string
  readonly options: readonly (readonly [value: string, shown: string])[]
  readonly choose: (value: string) => void
}

function Select({ name, value, options, choose }: Choice) {
  return (
    <select aria-label={name} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      {options.map(([option, shown]) => (
        <option key={option} value={option}>
          {shown}
        </option>
      ))}
    </select>
  )
}

const asOptions = (names: readonly string[]) => names.map((name) => [name, name] as const)
const typeOptions = (types: readonly string[]) => [['', 'any type'] as const, ...asOptions(types)]

function Row({ index, part }: { readonly index: number; readonly part: PatternPart }) {
  const set = (next: PatternPart) =>
    lookFor(drawnPattern.peek().map((each, k) => (k === index ? next : each)))
  const noun = isLocal(part) ? 'event' : 'message'
  return (
    <p class="pattern-row">
      <span class="number">{index + 1}</span>
      {isLocal(part) ? (
        <LocalChoices part={part} set={set} number={index + 1} />
      ) : (
        <MessageChoices part={part} set={set} number={index + 1} />
      )}
      <button
        type="button"
        aria-label={`Take ${noun} ${index + 1} out`}
        onClick={() => lookFor(drawnPattern.peek().filter((_, k) => k !== index))}
      >
        ×
      </button>
    </p>
  )
}

interface Choices<Part> {
  readonly part: Part
  readonly number: number
  readonly set: (part: PatternPart) => void
}

function MessageChoices({ part, set, number }: Choices<PatternMessage>) {
  const of = (what: string) => `${what} of message ${number}`
  const letters = asOptions(LETTERS)
  return (
    <>
      <Select
        name={of('type')}
        value={part.type ?? ''}
        options={typeOptions(loaded.value!.types)}
        choose={(type) => set({ ...part, type: type || null })}
      />
      {' from '}
      <Select
        name={of('sender')}
        value={part.from}
        options={letters}
        choose={(from) => set({ ...part, from })}
      />
      {' to '}
      <Select name={of('receiver')} value={part.to} options={letters} choose={(to) => set({ ...part, to })} />
    </>
  )
}

function LocalChoices({ part, set, number }: Choices<PatternLocal>) {
  const of = (what: string) => `${what} of event ${number}`
  const there = localTypes(loaded.value!, null)
  const kinds = LOCAL_KINDS.filter((kind) => there.has(kind) || kind === part.kind)
  const types = there.get(part.kind) ?? []
  return (
    <>
      <Select
        name={of('process')}
        value={part.at}
        options={asOptions(LETTERS)}
        choose={(at) => set({ ...part, at })}
      />
      <Select
        name={of('kind')}
        value={part.kind}
        options={kinds.map((kind) => [kind, LOCAL_WORDS[kind]] as const)}
        choose={(kind) => set({ ...part, kind: kind as LocalKind, type: null })}
      />
      {types.length > 0 && (
        <Select
          name={of('type')}
          value={part.type ?? ''}
          options={typeOptions(types)}
          choose={(type) => set({ ...part, type: type || null })}
        />
      )}
    </>
  )
}
