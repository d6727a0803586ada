/** Motifs: patterns of messages found in the run, one drawn by the reader, and operations by their shape. */
import { computed, signal } from '@preact/signals'
import { LETTERS, letterAt, pattern } from '../draw/pattern.ts'
import { FOUND_MOST, PATTERN_MOST, type PatternMessage } from '../model/motifs.ts'
import type { Cluster } from '../model/shapes-of-operations.ts'
import { Canvas, pointOf, type Size } from './canvas.tsx'
import {
  drawnPattern,
  goTo,
  mistake,
  motif,
  operationClusters,
  placeMessages,
  places,
  requestResponse,
} from './finding.ts'
import { count, duration, plural } from './format.ts'
import { motifText } from './motif-text.ts'
import './motifs-pane.css'
import { change, loaded, seen, selectEvent } from './state.ts'
import { sentence } from './words.ts'

export function MotifsPane() {
  if (loaded.value === null) return null
  return (
    <>
      <Named />
      <Drawn />
      <Places />
      <Form />
      <Operations />
    </>
  )
}

const NAMED = [
  ['request–response', motifText(requestResponse)],
  ['broadcast', 'broadcast'],
  ['gather', 'gather'],
] as const

function Named() {
  return (
    <p class="motif-names">
      find{' '}
      <span class="group">
        {NAMED.map(([name, text]) => (
          <button
            type="button"
            key={name}
            aria-pressed={seen.motif.value === text}
            onClick={() => look(seen.motif.peek() === text ? '' : text)}
          >
            {name}
          </button>
        ))}
      </span>
    </p>
  )
}

const look = (text: string) => change({ motif: text, place: null })
const lookFor = (messages: readonly PatternMessage[]) => look(motifText(messages))

const size = signal<Size>({ width: 0, height: 0 })
const pulled = signal<{ from: string; x: number; y: number } | null>(null)
const list = computed(() => pattern({ ...size.value, pattern: drawnPattern.value, pulled: pulled.value }))

/** The pattern as a drawing, in which a pull from line to line adds a message. */
function Drawn() {
  const messages = drawnPattern.value
  const isFull = messages.length >= PATTERN_MOST
  return (
    <>
      <h2>or draw a pattern</h2>
      <Canvas
        class="pattern"
        role="img"
        aria-label={`Pattern: ${messages.map(inWords).join(', then ') || 'nothing yet'}`}
        draw={() => list.value}
        resized={(now) => {
          size.value = now
        }}
        onPointerDown={(event) => {
          if (isFull || event.button !== 0) return
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
          const to = letterAt(size.peek().height, pointOf(event)[1])
          if (from !== undefined && from !== to) lookFor([...messages, { from, to, type: null }])
        }}
      />
    </>
  )
}

/** The same pattern without a mouse. */
function Form() {
  const messages = drawnPattern.value
  const isFull = messages.length >= PATTERN_MOST
  return (
    <>
      {messages.map((message, k) => (
        // Messages of a pattern have no name but their place.
        <PatternRow key={`${k}`} index={k} message={message} />
      ))}
      <p>
        <button type="button" disabled={isFull} onClick={() => lookFor([...messages, next(messages)])}>
          add a message
        </button>{' '}
        {messages.length > 0 && (
          <button type="button" onClick={() => look('')}>
            clear
          </button>
        )}
        {messages.length === 0 && <span class="quiet">or pull from one line to another</span>}
      </p>
      {mistake.value !== null && <p class="inconsistent">{mistake.value}</p>}
    </>
  )
}

const inWords = ({ from, to, type }: PatternMessage) => `${type ?? 'any message'} from ${from} to ${to}`

/** Back to where the last came from: most questions are about answers. */
function next(messages: readonly PatternMessage[]): PatternMessage {
  const last = messages.at(-1)
  return last === undefined
    ? { from: 'a', to: 'b', type: null }
    : { from: last.to, to: last.from, type: null }
}

function PatternRow({ index, message }: { readonly index: number; readonly message: PatternMessage }) {
  const set = (part: Partial<PatternMessage>) =>
    lookFor(drawnPattern.peek().map((each, k) => (k === index ? { ...each, ...part } : each)))
  const choice = (name: string, value: string, options: readonly string[], chosen: (now: string) => void) => (
    <select
      aria-label={`${name} of message ${index + 1}`}
      value={value}
      onChange={(event) => chosen(event.currentTarget.value)}
    >
      {options.map((option) => (
        <option key={option} value={option}>
          {option === '' ? 'any type' : option}
        </option>
      ))}
    </select>
  )
  return (
    <p class="pattern-row">
      <span class="number">{index + 1}</span>
      {choice('type', message.type ?? '', ['', ...loaded.value!.types], (type) =>
        set({ type: type || null }),
      )}
      {' from '}
      {choice('sender', message.from, LETTERS, (from) => set({ from }))}
      {' to '}
      {choice('receiver', message.to, LETTERS, (to) => set({ to }))}
      <button
        type="button"
        aria-label={`Take message ${index + 1} out`}
        onClick={() => lookFor(drawnPattern.peek().filter((_, k) => k !== index))}
      >
        ×
      </button>
    </p>
  )
}

function Places() {
  if (motif.value === null || mistake.value !== null) return null
  const found = places.value
  const place = seen.place.value ?? -1
  const run = loaded.value!
  if (found.length === 0) return <p>It is nowhere in this run.</p>
  const more = found.length >= FOUND_MOST ? ' or more' : ''
  return (
    <>
      <p>
        <strong>{plural(found.length, 'place')}</strong>
        {more}{' '}
        <span class="group">
          <button type="button" disabled={place <= 0} onClick={() => goTo(place - 1)}>
            previous
          </button>
          <button type="button" disabled={place >= found.length - 1} onClick={() => goTo(place + 1)}>
            {place < 0 ? 'first' : 'next'}
          </button>
        </span>{' '}
        {place >= 0 && place < found.length && (
          <span class="quiet">
            {count(place + 1)} of {count(found.length)}
          </span>
        )}
      </p>
      {placeMessages.value.length > 0 && (
        <ol class="plain-list" aria-label="Messages of this place">
          {placeMessages.value.slice(0, LISTED_MOST).map((m) => (
            <li key={m}>
              <button type="button" class="link" onClick={() => selectEvent(run.messages.sendAt[m]!)}>
                {sentence(run, run.messages.sendAt[m]!)}
              </button>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

const LISTED_MOST = 12

function Operations() {
  const run = loaded.value!
  const all = operationClusters.value
  if (all.length === 0) return null
  return (
    <>
      <h2>Operations by shape</h2>
      <table class="figures clusters">
        <thead>
          <tr>
            <th scope="col">what a request led to</th>
            <th scope="col" class="figure">
              times
            </th>
            <th scope="col" class="figure">
              messages
            </th>
            <th scope="col" class="figure">
              median
            </th>
          </tr>
        </thead>
        <tbody>
          {all.slice(0, CLUSTERS_MOST).map((cluster) => (
            <ClusterRow
              key={cluster.shape}
              cluster={cluster}
              first={run.operations[cluster.operations[0]!]!.position}
            />
          ))}
        </tbody>
      </table>
      {all.length > CLUSTERS_MOST && (
        <p class="quiet">… and {count(all.length - CLUSTERS_MOST)} more shapes</p>
      )}
    </>
  )
}

const CLUSTERS_MOST = 30

function ClusterRow({ cluster, first }: { readonly cluster: Cluster; readonly first: number }) {
  const { shape, operations, messages, medianNs } = cluster
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" title="to the first of them" onClick={() => selectEvent(first)}>
          {shape}
        </button>
      </th>
      <td class="figure">{count(operations.length)}</td>
      <td class="figure">{count(messages)}</td>
      <td class="figure nowrap">{duration(medianNs)}</td>
    </tr>
  )
}
