import { expect, test } from 'vitest'
import { motifOf, motifText } from './motif-text.ts'

test('a pattern is said in the address and read from it', () => {
  const messages = [
    { from: 'a', to: 'b', type: 'odd, type.>%' },
    { from: 'b', to: 'a', type: null },
  ]
  expect(motifOf(motifText(messages))).toEqual(messages)
  expect(motifText(messages.slice(1))).toBe('b>a')
})

test('what an address cannot mean is nothing to look for', () => {
  for (const text of ['', 'a', 'a>', 'e>a', 'a>b,', 'broadcasts']) expect(motifOf(text)).toBeNull()
  expect(motifOf('gather')).toBe('gather')
  expect(motifOf('a>b.%zz')).toEqual([{ from: 'a', to: 'b', type: '%zz' }])
})
