/** Beneath the table of message types: times on the way, messages by process and by operation. */
import { signal } from '@preact/signals'
import { histogram } from '../draw/histogram.ts'
import { colourOf } from '../draw/palette.ts'
import { type Latency, messageStatistics, operationCosts } from '../model/message-statistics.ts'
import { theme } from '../paint/colours.ts'
import { count, duration } from './format.ts'
import './message-statistics.css'
import { loaded } from './state.ts'

export function MessageStatistics() {
  const run = loaded.value
  if (run === null || run.messages.length === 0) return null
  return (
    <>
      <Latencies />
      <Costs />
      <Processes />
    </>
  )
}

const BARS = { width: 88, height: 24 }

function Latencies() {
  const run = loaded.value!
  const { latencies } = messageStatistics(run, null)
  if (latencies.every((latency) => latency === null)) return null
  return (
    <table class="figures messages">
      <caption>
        Time on the way <span class="quiet">each bar is of times longer by the same factor</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">type</th>
          <th scope="col">how many</th>
          <th scope="col" class="figure">
            least
          </th>
          <th scope="col" class="figure">
            median
          </th>
          <th scope="col" class="figure">
            most
          </th>
        </tr>
      </thead>
      <tbody>
        {latencies.map(
          (latency, type) => latency !== null && <LatencyRow key={type} type={type} latency={latency} />,
        )}
      </tbody>
    </table>
  )
}

function LatencyRow({ type, latency }: { readonly type: number; readonly latency: Latency }) {
  const run = loaded.value!
  const { bars, leastNs, medianNs, mostNs, delivered } = latency
  return (
    <tr>
      <th scope="row">{run.types[type]}</th>
      <td>
        <svg
          class="bars"
          viewBox={`0 0 ${BARS.width} ${BARS.height}`}
          role="img"
          aria-label={inWords(latency)}
        >
          <title>{inWords(latency)}</title>
          {histogram(bars, { ...BARS, tone: type }).map(({ x, y, w, h, tone }) => (
            <rect key={x} x={x} y={y} width={w} height={h} fill={colourOf(tone, theme.value)} />
          ))}
          <path class="ground" d={`M0 ${BARS.height - 0.5}H${BARS.width}`} />
        </svg>
      </td>
      {[leastNs, medianNs, mostNs].map((ns, i) => (
        <td class="figure nowrap" key={`${i}`}>
          {delivered === 0 ? '–' : duration(ns)}
        </td>
      ))}
    </tr>
  )
}

/** Where most of them lie: what the eye takes from the bars first. */
function inWords({ bars, beginNs, factor, delivered }: Latency): string {
  const highest = bars.indexOf(Math.max(...bars))
  const [from, to] = [highest, highest + 1].map((bar) => duration(beginNs * factor ** bar))
  const most = `${count(bars[highest]!)} from ${from} to ${to}`
  return `${count(delivered)} delivered; of ${bars.length} bars the highest is ${most}`
}

function Costs() {
  const costs = operationCosts(loaded.value!, null)
  if (costs.length === 0) return null
  return (
    <table class="figures messages">
      <caption>Messages an operation took</caption>
      <thead>
        <tr>
          <th scope="col">operation</th>
          {['times', 'least', 'median', 'most'].map((name) => (
            <th scope="col" class="figure" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {costs.slice(0, SHOWN_MOST).map(({ name, operations, least, median, most }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {[operations, least, median, most].map((figure, i) => (
              <td class="figure" key={`${i}`}>
                {count(figure)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const SHOWN_MOST = 100 // rows of a table: more nobody reads

const COLUMNS = ['sent', 'delivered', 'lost'] as const
const sorted = signal<(typeof COLUMNS)[number] | null>(null) // null: in the order of the processes

function Processes() {
  const run = loaded.value!
  const statistics = messageStatistics(run, null)
  const by = sorted.value
  const all = [...run.processes.keys()]
  if (by !== null) all.sort((a, b) => statistics[by][b]! - statistics[by][a]! || a - b)
  return (
    <table class="figures messages">
      <caption>By process</caption>
      <thead>
        <tr>
          <th scope="col">process</th>
          {COLUMNS.map((name) => (
            <th scope="col" class="figure" key={name} aria-sort={by === name ? 'descending' : 'none'}>
              <button
                type="button"
                class="link"
                title={by === name ? 'in the order of the processes' : `most ${name} first`}
                onClick={() => {
                  sorted.value = by === name ? null : name
                }}
              >
                {name}
                {by === name && ' ↓'}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.slice(0, SHOWN_MOST).map((process) => (
          <tr key={process}>
            <th scope="row" class="mono">
              {run.processes[process]}
            </th>
            {COLUMNS.map((name) => (
              <td class="figure" key={name}>
                {count(statistics[name][process]!)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {all.length > SHOWN_MOST && (
        <tfoot>
          <tr>
            <td colSpan={4}>and {count(all.length - SHOWN_MOST)} more processes</td>
          </tr>
        </tfoot>
      )}
    </table>
  )
}
