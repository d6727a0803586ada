import { describe, expect, test } from 'vitest'
import { parseStep, processOf, type Step, stepLine, stepName } from './step.ts'

const named: readonly (readonly [string, Step])[] = [
  ['p00>p01:marker#0', { do: 'deliver', from: 'p00', to: 'p01', type: 'marker', nth: 0 }],
  ['p00>p01:marker', { do: 'deliver', from: 'p00', to: 'p01', type: 'marker' }],
  ['p00>p01', { do: 'deliver', from: 'p00', to: 'p01' }],
  ['lose p00>p01:a-b#12', { do: 'lose', from: 'p00', to: 'p01', type: 'a-b', nth: 12 }],
  ['duplicate p000>p001', { do: 'duplicate', from: 'p000', to: 'p001' }],
  [
    'p02 asked {"type":"go","to":"p00 @5ms"}',
    { do: 'request', at: 'p02', request: { type: 'go', to: 'p00 @5ms' } as any },
  ],
  ['p02 timeout {"type":"retry"}', { do: 'timeout', at: 'p02', timer: { type: 'retry' } }],
  ['crash p02', { do: 'crash', at: 'p02' }],
  ['recover p02', { do: 'recover', at: 'p02' }],
  ['cut p00-p01', { do: 'cut', link: ['p00', 'p01'] }],
  ['heal p00-p01', { do: 'heal', link: ['p00', 'p01'] }],
]

describe('a step', () => {
  test.each(named)('%s', (name, step) => {
    expect(stepName(step)).toBe(name)
    expect(parseStep(name)).toEqual(step)
    const thrown = { ...step, dice: [2, 0], atMs: 12.5 }
    expect(stepLine(thrown)).toBe(`${name} dice 2,0 @12.5ms`)
    expect(parseStep(stepLine(thrown))).toEqual(thrown)
  })

  test('may be written shorter', () => {
    expect(parseStep('  deliver p00>p01  @3 ')).toEqual({ do: 'deliver', from: 'p00', to: 'p01', atMs: 3 })
    expect(parseStep('p02 asked elect')).toEqual({ do: 'request', at: 'p02', request: { type: 'elect' } })
  })

  test('happens somewhere', () => {
    expect(named.map(([, step]) => processOf(step))).toEqual([
      'p01',
      'p01',
      'p01',
      'p01',
      'p001',
      'p02',
      'p02',
      'p02',
      'p02',
      null,
      null,
    ])
  })

  test.each([
    ['p01 jumps', /'p01 jumps' is no step; these are: p00>p01:marker#0/],
    ['p00>p01:marker#x', /is no step/],
    ['crash', /is no step/],
    ['p02 asked {"to":1}', /what follows 'asked' is no JSON with a type/],
    ['p02 timeout {', /what follows 'timeout' is no JSON/],
    ['', /is no step/],
  ])('%s is none', (text, said) => {
    expect(() => parseStep(text)).toThrow(said)
  })
})
