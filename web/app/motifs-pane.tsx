/** Motifs: patterns found in the run, by name or drawn by the reader, and operations by their shape. */
import type { Cluster } from '../model/shapes-of-operations.ts'
import {
  goTo,
  look,
  mistake,
  motif,
  operationClusters,
  placeEvents,
  requestResponse,
  sought,
} from './finding.ts'
import { count, duration, plural } from './format.ts'
import { motifText } from './motif-text.ts'
import './motifs-pane.css'
import { DrawnPattern, PatternForm } from './pattern-form.tsx'
import { loaded, seen, selectEvent } from './state.ts'
import { sentence } from './words.ts'

export function MotifsPane() {
  if (loaded.value === null) return null
  return (
    <>
      <Named />
      <DrawnPattern />
      <Places />
      <PatternForm />
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

function Places() {
  if (motif.value === null || mistake.value !== null) return null
  const { places, stopped } = sought.value
  const at = seen.place.value ?? -1
  return (
    <>
      {places.length === 0 ? (
        <p>{stopped === null ? 'It is nowhere in this run.' : 'It was not found.'}</p>
      ) : (
        <p>
          <strong>{plural(places.length, 'place')}</strong>
          {stopped !== null && ' or more'}{' '}
          <span class="group">
            <button type="button" disabled={at <= 0} onClick={() => goTo(at - 1)}>
              previous
            </button>
            <button type="button" disabled={at >= places.length - 1} onClick={() => goTo(at + 1)}>
              {at < 0 ? 'first' : 'next'}
            </button>
          </span>{' '}
          {at >= 0 && at < places.length && (
            <span class="quiet">
              {count(at + 1)} of {count(places.length)}
            </span>
          )}
        </p>
      )}
      {stopped === 'looks' && (
        <p class="quiet">The search was ended: the beginning fits in too many places of so long a run.</p>
      )}
      <EventsOfPlace />
    </>
  )
}

const LISTED_MOST = 12

function EventsOfPlace() {
  const run = loaded.value!
  const events = placeEvents.value
  if (events.length === 0) return null
  return (
    <ol class="plain-list" aria-label="Events of this place">
      {events.slice(0, LISTED_MOST).map((position, k) => (
        // Copies of a message share their sending.
        <li key={`${k}`}>
          <button type="button" class="link" onClick={() => selectEvent(position)}>
            {sentence(run, position)}
          </button>
        </li>
      ))}
    </ol>
  )
}

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
