import fc from 'fast-check'
import { expect, test } from 'vitest'
import { innermostType } from './history-reader.ts'
import { typeOfText } from './type-of-text.ts'

const awkward = fc.constantFrom('type', 'basic', 'message', 'timer', 'a"b', '\\', '{', '}', ',', ':', '', 'ü')
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    awkward,
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(awkward, tie('any'), { maxKeys: 4 }),
    fc.record({ type: fc.constantFrom('basic', 'token', 'q"uoted'), message: tie('any') }),
  ),
})).any

test('the type found in the text is that of the value', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (carried, spaced) => {
      const text = JSON.stringify(carried, null, spaced ? 1 : undefined)
      expect(typeOfText(text)).toBe(innermostType(carried))
    }),
    { numRuns: 2_000, seed: 1 },
  )
})

test('of a damaged text there is no type', () => {
  for (const text of ['', '{', '{"type"', '{"type":"a"', '{"type":}', '[', 'x', '{"type":"a",}']) {
    expect(typeOfText(text)).toBe('')
  }
})
