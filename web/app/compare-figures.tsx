/** The counts of both runs; a figure that differs is set off, and by how much is said. */
import { type Figure, figuresOf } from '../model/figures.ts'
import type { RunData } from '../model/run-data.ts'
import { count, duration } from './format.ts'
import { Mark } from './verdict-pane.tsx'

/** What neither of the two has is left out. */
const isThere = ({ one, other }: Figure) => (one ?? 0) !== 0 || (other ?? 0) !== 0

export function Figures({ one, two }: { readonly one: RunData; readonly two: RunData }) {
  return (
    <table class="figures compared">
      <thead>
        <tr>
          <td />
          {['this run', 'the other', 'difference'].map((name) => (
            <th scope="col" class="figure" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">verdict</th>
          {[one, two].map(({ outcome, run }) => (
            <td class="figure" key={run.id}>
              {outcome === undefined ? '–' : <Mark verdict={outcome.verdict} />}
            </td>
          ))}
          <td />
        </tr>
        {figuresOf(one, two)
          .filter(isThere)
          .map((figure) => (
            <tr key={figure.name} class={figure.one === figure.other ? undefined : 'differs'}>
              <th scope="row">{figure.name}</th>
              <td class="figure">{valueText(figure, figure.one)}</td>
              <td class="figure">{valueText(figure, figure.other)}</td>
              <td class="figure">{differenceText(figure)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function valueText({ unit }: Figure, value: number | null): string {
  if (value === null) return '–'
  return unit === 'ns' ? duration(value) : count(value)
}

/** How much more the other has, and in hundredths of what this one has. */
function differenceText(figure: Figure): string {
  const { one, other } = figure
  if (one === null || other === null) return ''
  if (one === other) return '='
  const sign = other > one ? '+' : '−'
  const share = one === 0 ? '' : ` (${sign}${Math.round((Math.abs(other - one) / Math.abs(one)) * 100)} %)`
  return `${sign}${valueText(figure, Math.abs(other - one))}${share}`
}
