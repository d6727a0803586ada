import { expect, test } from 'vitest'
import { LOCAL_KINDS, type Pattern } from '../model/patterns.ts'
import { motifOf, motifText } from './motif-text.ts'

test('a pattern is said in the address and read from it', () => {
  const pattern: Pattern = [
    { at: 'a', kind: 'request', type: 'odd, type.>!%' },
    { from: 'a', to: 'b', type: 'odd, type.>%' },
    { from: 'b', to: 'a', type: null },
    { at: 'b', kind: 'crash', type: null },
  ]
  expect(motifOf(motifText(pattern))).toEqual(pattern)
  expect(motifText(pattern.slice(2))).toBe('b>a,b!crash')
  for (const kind of LOCAL_KINDS) expect(motifOf(`d!${kind}`)).toEqual([{ at: 'd', kind, type: null }])
})

test('what an address cannot mean is nothing to look for', () => {
  const wrong = [
    '',
    'a',
    'a>',
    'e>a',
    'a>b,',
    'broadcasts',
    'a!',
    'a!send',
    'a!nothing',
    'e!crash',
    'a>crash',
  ]
  for (const text of wrong) expect(motifOf(text), text).toBeNull()
  expect(motifOf('gather')).toBe('gather')
  expect(motifOf('a>b.%zz')).toEqual([{ from: 'a', to: 'b', type: '%zz' }])
})
