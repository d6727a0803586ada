import { describe, expect, test } from 'vitest'
import { entry as abd } from '../algorithms/abd-register/index.ts'
import { entry as flooding } from '../algorithms/flooding/index.ts'
import { entry as mutex } from '../algorithms/lamport-mutex/index.ts'
import type { CatalogueEntry } from '../model/catalogue.ts'
import { type Answer, Answers } from './answers.ts'
import { trial } from './testing.ts'

/** What is told of the requests of a run that are expected; the others are of the workload. */
async function told(entry: CatalogueEntry, requests: readonly string[], byHand = requests.length) {
  const { plan, blocks } = await trial(entry, 3, { peers: 4, topology: 'complete', requests })
  const lines: string[] = []
  const answers = new Answers(plan.topology.ids, (line) => lines.push(line.trim()))
  for (const { to, request } of plan.experiment.requests.slice(0, byHand)) answers.expect(to, request)
  for (const block of blocks) answers.read(block)
  return lines.map((line) => line.replace(/^[\d.]+ ms {2}/, ''))
}

describe('what comes of a request', () => {
  test('is told by the name of its operation', async () => {
    expect(await told(abd, ['p03 write blue', 'p02 read @200'])).toEqual([
      expect.stringMatching(/^p03 ok .*value: blue {2}← p03 write/),
      expect.stringMatching(/^p02 ok .*value: blue {2}← p02 read/),
    ])
  })

  test('is told wherever it happens', async () => {
    const lines = await told(flooding, ['p01 broadcast hello'])
    expect(lines.map((line) => line.slice(0, 3)).sort()).toEqual(['p00', 'p01', 'p02', 'p03'])
    for (const line of lines) expect(line).toMatch(/deliver .*hello .*← p01 broadcast/)
  })

  test('is told of what was made by hand, and of nothing else', async () => {
    const lines = await told(abd, ['p03 write blue', 'p02 read @200'], 1)
    expect(lines).toEqual([expect.stringMatching(/← p03 write/)])
  })

  test('is told as it is, too', async () => {
    const { plan, blocks } = await trial(abd, 3, {
      peers: 4,
      topology: 'complete',
      requests: ['p03 write blue'],
    })
    const found: (Answer | null)[] = []
    const answers = new Answers(plan.topology.ids, (_, answer) => found.push(answer))
    const { to, request } = plan.experiment.requests[0]!
    answers.expect(to, request)
    for (const block of blocks) answers.read(block)
    expect(found).toEqual([
      {
        atMs: expect.any(Number),
        process: 'p03',
        answer: expect.objectContaining({ type: 'ok', value: 'blue' }),
        to: { process: 'p03', request },
      },
    ])
  })

  test('is told though it comes with what another process was asked', async () => {
    const lines = await told(mutex, ['p01 acquire', 'p02 acquire @1', 'p01 release @100'])
    expect(lines.filter((line) => /^p02 granted .*← p02 acquire/.test(line))).toHaveLength(1)
  })
})
