/**
 * What the page shows, as the query of its address: a link shows a colleague
 * exactly this. Only what differs from the default is written.
 */
import type { Axis } from '../model/run-data.ts'

export type CutBy =
  | { readonly position: number }
  | { readonly lamport: number }
  | { readonly common: number } // of the axis that is common with another run
  | { readonly recorded: string } // by the algorithm, under that name
  | { readonly earliest: number } // the earliest consistent cut that holds an event
  | { readonly latest: number } // the latest whose part of that process ends with it

export interface View {
  readonly run: string | null
  readonly with: string | null // the run beside it
  readonly at: number | null // the selected event
  readonly message: number | null // the selected message, by the position of its sending
  readonly cut: CutBy | null // null: at the selected event, else at the end
  readonly moved: ReadonlyMap<number, number> // process -> last position included, where moved by hand
  readonly axis: Axis
  readonly window: readonly [number, number] | null // null: all of the run
  readonly types: readonly string[] | null // shown; null: all
  readonly hidden: readonly number[] // processes not shown
  readonly text: string
  readonly about: string // open tab of the upper pane
  readonly here: string // open tab of the lower pane
  readonly pins: readonly string[] // fields of the states that are shown; none: all
  readonly follow: number | null // the process whose steps are shown
  readonly layout: string // of the network
  readonly colour: string // the field that its processes are coloured by; '': by none
  readonly traffic: 'all' | 'so-far' // what a link is as thick as
  readonly link: readonly [number, number] | null // whose messages are listed; the lesser process first
  readonly motif: string // what is looked for, see motif-text.ts; '': nothing
  readonly place: number | null // which of those found is looked at
  readonly trace: number | null // the trace that is drawn, by the position of its first step
  readonly traces: string // the order of the list of traces
}

export const DEFAULT_VIEW: View = {
  run: null,
  with: null,
  at: null,
  message: null,
  cut: null,
  moved: new Map(),
  axis: 'real',
  window: null,
  types: null,
  hidden: [],
  text: '',
  about: 'verdict',
  here: 'event',
  pins: [],
  follow: null,
  layout: 'ring',
  colour: '',
  traffic: 'all',
  link: null,
  motif: '',
  place: null,
  trace: null,
  traces: 'began',
}

export const AXES: readonly Axis[] = ['real', 'logical', 'aligned']

export function viewOf(query: string): View {
  const q = new URLSearchParams(query)
  return {
    run: q.get('run'),
    with: q.get('with'),
    at: natural(q.get('at')),
    message: natural(q.get('message')),
    cut: cutOf(q.get('cut')),
    moved: movedOf(q.get('moved')),
    axis: AXES.find((axis) => axis === q.get('axis')) ?? 'real',
    window: windowOf(q.get('window')),
    types: q.has('types') ? listOf(q.get('types')!) : null,
    hidden: (q.get('hidden') ?? '').split(',').flatMap((item) => natural(item) ?? []),
    text: q.get('text') ?? '',
    about: q.get('about') ?? DEFAULT_VIEW.about,
    here: q.get('here') ?? DEFAULT_VIEW.here,
    pins: q.has('pins') ? listOf(q.get('pins')!) : [],
    follow: natural(q.get('follow')),
    layout: q.get('layout') ?? DEFAULT_VIEW.layout,
    colour: q.get('colour') ?? '',
    traffic: q.get('traffic') === 'so-far' ? 'so-far' : 'all',
    link: linkOf(q.get('link')),
    motif: q.get('motif') ?? '',
    place: natural(q.get('place')),
    trace: natural(q.get('trace')),
    traces: q.get('traces') ?? DEFAULT_VIEW.traces,
  }
}

export function queryOf(view: View): string {
  const q = new URLSearchParams()
  const put = (key: string, value: string | number | null, unless: string | number | null = null) => {
    if (value !== null && value !== unless) q.set(key, String(value))
  }
  put('run', view.run)
  put('with', view.with)
  put('at', view.at)
  put('message', view.message)
  put('cut', view.cut === null ? null : cutText(view.cut))
  put('moved', [...view.moved].map(([process, at]) => `${process}:${at}`).join(','), '')
  put('axis', view.axis, 'real')
  put('window', view.window === null ? null : view.window.map(sayable).join('..'))
  put('types', view.types === null ? null : view.types.map(encodeURIComponent).join(','))
  put('hidden', view.hidden.join(','), '')
  put('text', view.text, '')
  put('about', view.about, DEFAULT_VIEW.about)
  put('here', view.here, DEFAULT_VIEW.here)
  put('pins', view.pins.map(encodeURIComponent).join(','), '')
  put('follow', view.follow)
  put('layout', view.layout, DEFAULT_VIEW.layout)
  put('colour', view.colour, '')
  put('traffic', view.traffic, 'all')
  put('link', view.link?.join('-') ?? null)
  put('motif', view.motif, '')
  put('place', view.place)
  put('trace', view.trace)
  put('traces', view.traces, DEFAULT_VIEW.traces)
  const text = q.toString()
  return text === '' ? '' : `?${text}`
}

const HUNDREDTHS = 100

/** An end of a window as the address can say it: to a hundredth of a ns, or of a logical tick. */
export const sayable = (value: number): number => Math.round(value * HUNDREDTHS) / HUNDREDTHS

function cutText(cut: CutBy): string {
  if ('position' in cut) return String(cut.position)
  if ('lamport' in cut) return `L${cut.lamport}`
  if ('recorded' in cut) return `${RECORDED}${cut.recorded}`
  if ('common' in cut) return `C${cut.common}`
  return 'earliest' in cut ? `earliest${cut.earliest}` : `latest${cut.latest}`
}

const RECORDED = 'recorded-'

function cutOf(text: string | null): CutBy | null {
  if (text === null) return null
  if (text.startsWith(RECORDED)) return { recorded: text.slice(RECORDED.length) }
  if (text === '-1') return { position: -1 }
  const [, by, digits = ''] = /^(L|C|earliest|latest|)(\d+)$/.exec(text) ?? []
  const number = natural(digits)
  if (number === null) return null
  if (by === 'L') return { lamport: number }
  if (by === 'C') return { common: number }
  if (by === 'earliest') return { earliest: number }
  return by === 'latest' ? { latest: number } : { position: number }
}

function movedOf(text: string | null): Map<number, number> {
  const entries = (text ?? '').split(',').flatMap((item) => {
    const found = /^(\d{1,5}):(-1|\d{1,15})$/.exec(item)
    return found === null ? [] : [[Number(found[1]), Number(found[2])] as const]
  })
  return new Map(entries)
}

function windowOf(text: string | null): [number, number] | null {
  const found = /^(-?\d{1,16}(?:\.\d{1,2})?)\.\.(-?\d{1,16}(?:\.\d{1,2})?)$/.exec(text ?? '')
  if (found === null) return null
  const [from, to] = [Number(found[1]), Number(found[2])]
  return from < to ? [from, to] : null
}

const listOf = (text: string): string[] => text.split(',').filter(Boolean).map(decoded)

/** An address that somebody cut short is read as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function linkOf(text: string | null): [number, number] | null {
  const found = /^(\d{1,5})-(\d{1,5})$/.exec(text ?? '')
  if (found === null) return null
  const [a, b] = [Number(found[1]), Number(found[2])]
  return a < b ? [a, b] : null
}

const natural = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
