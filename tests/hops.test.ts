/** The picture of kademlia's hops: what stands in its notes is what the command finds, where that is soon. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hopsAmong, hopsChart, hopsTable } from '../bench/hops.ts'

const NOTES = 'src/algorithms/kademlia/NOTES.md'

test('of a hundred processes every lookup is exact, and its row is that of the notes', () => {
  const hundred = hopsAmong(100, 1000)
  expect(hundred).toMatchObject({ found: 1000, exact: 1000 })
  const [row] = hopsTable([hundred])
  expect(readFileSync(NOTES, 'utf8')).toContain(row)
  const [, line] = /<path d="(M[^"]+)" fill="none" stroke="#0072b2"/.exec(hopsChart([hundred])) ?? []
  expect(line).not.toContain('NaN')
})

test('the picture has a line for each row of the notes', () => {
  const rows = [...readFileSync(NOTES, 'utf8').matchAll(/^\| (\d+) \| 1000 \| \d+ \| [\d.]+ \| \d+ \|/gm)]
  expect(rows.map(([, peers]) => peers)).toContain('10000')
  const picture = readFileSync('docs/pictures/kademlia-hops.svg', 'utf8')
  for (const [, peers] of rows) expect(picture).toContain(`>${peers} processes<`)
})
