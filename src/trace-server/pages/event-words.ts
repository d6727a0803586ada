/** One event as one line of words. Arrows are for the eye; the words behind them for who listens. */
import { innermost, type RunEvent } from '../../trace-format/history-reader.ts'
import { type Html, html } from '../html.ts'
import { cut } from './figures.ts'

type Name = (process: number | null) => string

const sign = (mark: string, words: string) =>
  html`<span aria-hidden="true">${mark}</span><span class="unseen">${words}</span>`

/** The fields of a tagged value, without the tag that stands before them. */
function fieldsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value) ?? ''
  const { type, ...fields } = value as Record<string, unknown>
  if (typeof type !== 'string') return JSON.stringify(value)
  return Object.keys(fields).length === 0 ? '' : JSON.stringify(fields)
}

const data = (value: unknown) => {
  const text = value === undefined ? '' : fieldsOf(innermost(value))
  return text === '' ? null : html` <code>${cut(text)}</code>`
}

const typed = (type: string) => html`<b>${type === '' ? 'message' : type}</b>`

export function eventWords(event: RunEvent, name: Name): Html {
  const { kind, number, type, payload, message } = event
  const peer = name(event.peer)
  const which = html`${peer} #${number} ${typed(type)}`
  switch (kind) {
    case 'start':
    case 'crash':
      return html`${kind}`
    case 'recover':
      return html`recovers${data(payload)}`
    case 'request':
      return html`request ${typed(type)}${data(payload)}`
    case 'send':
      return html`${sign('→', 'sends to')} ${which}${data(message)}`
    case 'deliver':
      return html`${sign('←', 'receives from')} ${which}${data(message)}`
    case 'lost':
      return html`${sign('↛', 'lost on its way to')} ${which} lost: ${cut(String(payload))}`
    case 'duplicate':
      return html`${sign('⇉', 'duplicated on its way to')} ${which} duplicated`
    case 'setTimer':
      return timerSet(type, payload)
    case 'cancelTimer':
      return html`timer ${typed(type)} cancelled${data(payload)}`
    case 'timeout':
      return html`timer ${typed(type)} goes off${data(payload)}`
    case 'indicate':
      return html`indicates ${typed(type)}${data(payload)}`
    case 'store':
      return html`stores${data(payload)}`
    case 'resume':
      return html`goes on with an earlier step`
    case 'linkUp':
    case 'linkDown':
      return html`link to ${peer} ${kind === 'linkUp' ? 'up' : 'down'}`
    case 'refuse':
      return html`refuses a frame of ${peer}: ${cut(String(payload))}`
    case 'throw':
      return html`throws ${cut(String(payload))}`
    case 'fault':
      return html`fault: ${cut(String(payload))}`
  }
}

function timerSet(type: string, payload: unknown): Html {
  const [timer, minMs, maxMs] = Array.isArray(payload) ? payload : [payload]
  const range = minMs === maxMs ? `${minMs} ms` : `${minMs}–${maxMs} ms`
  return html`timer ${typed(type)} set, ${range}${data(timer)}`
}
