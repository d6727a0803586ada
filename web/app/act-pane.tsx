/** What can be done to a run that is held open, as forms: requests, crashes, cuts. */
import { signal } from '@preact/signals'
import type { ActField, ActForms } from '../../src/trace-format/acts.ts'
import { act, askForForms, done, forms, quoted } from './acting.ts'
import './act-pane.css'
import { loaded } from './state.ts'
import type { Tab } from './tabs.tsx'

askForForms()

/** The pane is there where something can be done. */
export const actTabs = (): readonly Tab[] =>
  forms.value === null ? [] : [{ key: 'act', label: 'Act', panel: () => <ActPane /> }]

const asked = signal(0) // the process that is asked
const struck = signal(0) // that crashes
const type = signal(0) // of the request
const link = signal<readonly [number, number]>([0, 1])
const isOneWay = signal(false)

function ActPane() {
  const [run, its] = [loaded.value, forms.value]
  if (run === null || its === null) return null
  const { processes } = run
  return (
    <div class="act">
      <Asking ids={processes} its={its} />
      <Befalling ids={processes} />
      {processes.length > 1 && <Cutting ids={processes} its={its} />}
      <div role="log" aria-label="Done from this page">
        {done.value.map(({ number, line, message, isDone }) => (
          <p key={number} class={isDone ? undefined : 'inconsistent'}>
            <code>{line}</code>: {message}
          </p>
        ))}
      </div>
    </div>
  )
}

function Choice(props: {
  readonly label: string
  readonly of: readonly string[]
  readonly value: number
  readonly choose: (index: number) => void
}) {
  return (
    <label>
      <span class="quiet">{props.label}</span>{' '}
      <select value={props.value} onChange={(event) => props.choose(Number(event.currentTarget.value))}>
        {props.of.map((name, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Asking({ ids, its }: { readonly ids: readonly string[]; readonly its: ActForms }) {
  const { requests } = its
  const request = requests[type.value] ?? requests[0]
  if (request === undefined) return <p class="quiet">This algorithm knows no requests.</p>
  return (
    <form
      aria-label="Ask a process"
      onSubmit={(event) => {
        event.preventDefault()
        const said = new FormData(event.currentTarget)
        const fields = request.fields.flatMap(({ name, optional }) => {
          const text = String(said.get(name) ?? '')
          return optional && text === '' ? [] : [`${name}=${quoted(text)}`]
        })
        void act([ids[asked.value], request.type, ...fields].join(' '))
      }}
    >
      <h2>Ask</h2>
      <div class="fields-of">
        <Choice label="process" of={ids} value={asked.value} choose={(i) => (asked.value = i)} />
        <Choice
          label="request"
          of={requests.map((each) => each.type)}
          value={requests.indexOf(request)}
          choose={(i) => (type.value = i)}
        />
        {request.fields.map((field) => (
          <Field key={`${request.type} ${field.name}`} field={field} ids={ids} />
        ))}
        <button type="submit">Ask</button>
      </div>
    </form>
  )
}

function Field({ field, ids }: { readonly field: ActField; readonly ids: readonly string[] }) {
  const { name, label, optional } = field
  const id = `act-field-${name}`
  const words = /^process\b/.test(label) ? ids : /^[\w-]+(\|[\w-]+)+$/.test(label) ? label.split('|') : null
  return (
    <span>
      <label class="quiet" for={id}>
        {name}
      </label>{' '}
      {words === null ? (
        <input
          id={id}
          name={name}
          type="text"
          required={!optional}
          placeholder={optional ? `${label}, or nothing` : label}
          autocomplete="off"
          spellcheck={false}
        />
      ) : (
        <select id={id} name={name}>
          {optional && <option value="" />}
          {words.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      )}
    </span>
  )
}

function Befalling({ ids }: { readonly ids: readonly string[] }) {
  return (
    <form aria-label="A process" onSubmit={(event) => event.preventDefault()}>
      <h2>Crash and recover</h2>
      <div class="fields-of">
        <Choice label="process" of={ids} value={struck.value} choose={(i) => (struck.value = i)} />
        <span class="group">
          <button type="button" onClick={() => void act(`crash ${ids[struck.value]}`)}>
            Crash
          </button>
          <button type="button" onClick={() => void act(`recover ${ids[struck.value]}`)}>
            Recover
          </button>
        </span>
      </div>
    </form>
  )
}

function Cutting({ ids, its }: { readonly ids: readonly string[]; readonly its: ActForms }) {
  const [from, to] = link.value
  const others = othersOf(ids, its, from)
  const other = others.includes(ids[to]!) ? ids[to]! : (others[0] ?? '')
  const line = `${ids[from]}${isOneWay.value ? '->' : '-'}${other}`
  return (
    <form aria-label="A link" onSubmit={(event) => event.preventDefault()}>
      <h2>Cut and heal</h2>
      <div class="fields-of">
        <Choice label="from" of={ids} value={from} choose={(i) => (link.value = [i, to])} />
        <Choice
          label="to"
          of={others}
          value={others.indexOf(other)}
          choose={(i) => (link.value = [from, ids.indexOf(others[i]!)])}
        />
        <label>
          <input
            type="checkbox"
            checked={isOneWay.value}
            onChange={(event) => {
              isOneWay.value = event.currentTarget.checked
            }}
          />{' '}
          one way
        </label>
        <span class="group">
          <button type="button" disabled={other === ''} onClick={() => void act(`cut ${line}`)}>
            Cut
          </button>
          <button type="button" disabled={other === ''} onClick={() => void act(`heal ${line}`)}>
            Heal
          </button>
        </span>
      </div>
    </form>
  )
}

/** Those to whom a process has a link. */
function othersOf(ids: readonly string[], { links }: ActForms, from: number): readonly string[] {
  const id = ids[from]!
  if (links === null) return ids.filter((other) => other !== id)
  const others = links.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []))
  return ids.filter((other) => others.includes(other))
}
