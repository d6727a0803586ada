/** Lines over time as an SVG text: the same text for the same numbers, on every machine. */

export interface Line {
  readonly label: string
  readonly points: readonly (readonly [x: number, y: number])[] // x ascending; y from 0 to 1
}

export interface Chart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
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

export function lineChart({ title, xLabel, yLabel, lines }: Chart): string {
  const step = niceStep(Math.max(1, ...lines.flatMap(({ points }) => points.map(([x]) => x))))
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([x]) => x)))
  const xMax = Math.ceil(most / step) * step
  const px = (x: number) => round(LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT))
  const py = (y: number) => round(HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM))
  const xTicks = Array.from({ length: Math.round(xMax / step) + 1 }, (_, i) => i * step)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"`,
    ` font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="16" fill="#1a1a1a">${escaped(title)}</text>`,
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (y) =>
        `<path d="M${LEFT} ${py(y)}H${WIDTH - RIGHT}" stroke="#dddddd"/>` +
        `<text x="${LEFT - 8}" y="${py(y) + 4}" text-anchor="end" fill="#444444">${y * 100}%</text>`,
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
      return [
        `<path d="${steps(points, px, py)}H${px(xMax)}" ${pen}/>`,
        `<path d="M${x} ${y}h28" ${pen}/>`,
        `<text x="${x + 36}" y="${y + 4}" fill="#1a1a1a">${escaped(label)}</text>`,
      ]
    }),
    '</svg>',
    '',
  ].join('\n')
}

type Scale = (value: number) => number

/** What is reached stays reached until the next is: a staircase. */
const steps = (points: Line['points'], px: Scale, py: Scale): string =>
  points.map(([x, y], i) => (i === 0 ? `M${px(x)} ${py(y)}` : `H${px(x)}V${py(y)}`)).join('')

function niceStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / TICKS))
  return [1, 2, 5, 10].map((each) => each * power).find((each) => most / each <= TICKS)!
}

const round = (value: number) => Math.round(value * 10) / 10

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
