import { expect, test } from 'vitest'
import { picture } from './picture.ts'
import { replayed } from './replayed.ts'
import { readSchedule, SCHEDULE_FORMAT } from './schedule.ts'

const drawn = async (...steps: string[]) => {
  const head = { format: SCHEDULE_FORMAT, algorithm: 'bank', peers: 3, options: { spendings: 0 } }
  const run = await replayed(readSchedule(JSON.stringify({ ...head, steps }), 'it'))
  return picture(run.history, run.plan.topology.ids).join('\n')
}
const pays = (from: string, to: string, amount: number) =>
  `${from} asked {"type":"transfer","to":"${to}","amount":${amount}}`

test('a column a process, an arrow where a message arrives', async () => {
  const text = await drawn(pays('p00', 'p02', 3), pays('p02', 'p00', 4), 'p00>p02', 'p02>p00')
  expect(`\n${text}\n`).toBe(`
      p00                               p02
  1    ● asked transfer to=p02 amount=3  │
       │ → p02 money#0                   │
       │ ! balance amount=97             │
  2    │                                 ● asked transfer to=p00 amount=4
       │                                 │ → p00 money#0
       │                                 │ ! balance amount=96
  3    ├─────────────money#0────────────►●
  4    ●◄────────────money#0─────────────┤
`)
})

test('lines that an arrow crosses, losses, and processes that are down', async () => {
  const steps = [pays('p00', 'p02', 1), pays('p01', 'p00', 1), 'p00>p02', 'duplicate p01>p00', 'lose p01>p00']
  const text = await drawn(...steps, 'crash p02', pays('p00', 'p02', 1), 'recover p02')
  const lines = text.split('\n')
  expect(lines[0]).toMatch(/^ {6}p00 +p01 +p02$/)
  expect(lines.find((line) => line.startsWith('  3'))).toMatch(/├─+┼─*money#0─*►●$/)
  expect(text).toMatch(/● doubled: money#0 to p00/)
  expect(text).toMatch(/● lost: money#0 to p00 \(loss\)/)
  expect(text).toMatch(/✗ crashes\n/)
  expect(text).toMatch(/● asked transfer .* ┆\n/)
  expect(text).toMatch(/● recovers/)
})
