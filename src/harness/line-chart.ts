/**
 * Lines, over time or over what was chosen, as an SVG text: the same text for the same numbers, on
 * every machine.
 */

export interface Line {
  readonly label: string
  /** x ascending; y from 0 to 1, or in the unit of the chart. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Chart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly joined?: 'steps' | 'straight' // without it steps
  readonly yUnit?: '%' | 'as it is' // without it shares of 1, as %
  readonly lines: readonly Line[]
}

/** M. Okabe and K. Ito, "Color Universal Design", 2008: told apart by the colour-blind too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9', '#000000']
/** And where there are more lines than colours, or no colours, by their dashes. */
const DASHES = ['none', '7 3', '2 3', '10 3 2 3', '4 2']

const GREY = 'fill="#444444"'
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [960, 460, 60, 44, 260, 48]
const LABEL_PX = 18
const TICKS = 6

/** One or more charts, one below the other. */
export function lineChart(...charts: readonly Chart[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT * charts.length}" role="img"`,
    ` font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(charts.map(({ title }) => title).join('; '))}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT * charts.length}" fill="#ffffff"/>`,
    ...charts.flatMap((chart, i) =>
      i === 0 ? panel(chart) : [`<g transform="translate(0 ${HEIGHT * i})">`, ...panel(chart), '</g>'],
    ),
    '</svg>',
    '',
  ].join('\n')
}

function panel({ title, xLabel, yLabel, lines, joined = 'steps', yUnit = '%' }: Chart): string[] {
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x))
  const [step, most] = [niceStep(Math.max(1, ...xs)), Math.max(1, ...xs)]
  const xMax = Math.ceil(most / step) * step
  const yTicks = yUnit === '%' ? [0, 0.25, 0.5, 0.75, 1] : ticksTo(lines)
  const yMax = yTicks.at(-1)!
  const px = (x: number) => round(LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT))
  const py = (y: number) => round(HEIGHT - BOTTOM - (y / yMax) * (HEIGHT - TOP - BOTTOM))
  const xTicks = Array.from({ length: Math.round(xMax / step) + 1 }, (_, i) => i * step)
  const path = joined === 'steps' ? steps : straight
  return [
    `<text x="${LEFT}" y="24" font-size="16" fill="#1a1a1a">${escaped(title)}</text>`,
    ...yTicks.map(
      (y) =>
        `<path d="M${LEFT} ${py(y)}H${WIDTH - RIGHT}" stroke="#dddddd"/>` +
        `<text x="${LEFT - 8}" y="${py(y) + 4}" text-anchor="end" fill="#444444">` +
        `${yUnit === '%' ? `${y * 100}%` : y}</text>`,
    ),
    ...xTicks.map(
      (x) =>
        `<path d="M${px(x)} ${HEIGHT - BOTTOM}v5" stroke="#444444"/>` +
        `<text x="${px(x)}" y="${HEIGHT - BOTTOM + 19}" text-anchor="middle" ${GREY}>${round(x)}</text>`,
    ),
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end" ${GREY}>${escaped(xLabel)}</text>`,
    `<text x="${LEFT}" y="38" fill="#444444">${escaped(yLabel)}</text>`,
    ...lines.flatMap(({ label, points }, i) => {
      const pen =
        `fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2" ` +
        `stroke-dasharray="${DASHES[i % DASHES.length]}"`
      const y = TOP + 12 + i * LABEL_PX
      const x = WIDTH - RIGHT + 14
      const onward = joined === 'steps' ? `H${px(xMax)}` : ''
      return [
        `<path d="${path(points, px, py)}${onward}" ${pen}/>`,
        `<path d="M${x} ${y}h28" ${pen}/>`,
        `<text x="${x + 36}" y="${y + 4}" fill="#1a1a1a">${escaped(label)}</text>`,
      ]
    }),
  ]
}

/** From 0 to what is above all of them, in whole steps. */
function ticksTo(lines: readonly Line[]): number[] {
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, y]) => y)))
  const step = niceStep(most)
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step)
}

type Scale = (value: number) => number

/** What is reached stays reached until the next is: a staircase. */
const steps = (points: Line['points'], px: Scale, py: Scale): string =>
  points.map(([x, y], i) => (i === 0 ? `M${px(x)} ${py(y)}` : `H${px(x)}V${py(y)}`)).join('')

/** Measured here and there, and in between nobody knows. */
const straight = (points: Line['points'], px: Scale, py: Scale): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('')

function niceStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / TICKS))
  return [1, 2, 5, 10].map((each) => each * power).find((each) => most / each <= TICKS)!
}

const round = (value: number) => Math.round(value * 10) / 10

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
