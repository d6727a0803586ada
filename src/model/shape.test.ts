import { expect, test } from 'vitest'
import { misfit, natural, optional, text } from './shape.ts'

const shapes = {
  note: { n: natural, text: text(3) },
  odd: { constructor: natural, after: optional(natural) },
  bare: {},
}
const of = (json: string) => misfit(shapes, JSON.parse(json))

test('what fits is told by nothing', () => {
  for (let again = 0; again < 2; again++) {
    expect(of('{"type":"note","n":1,"text":"abc"}')).toBe(null)
    expect(of('{"text":"","n":0,"type":"note"}')).toBe(null)
    expect(of('{"type":"odd","constructor":1,"after":null}')).toBe(null)
    expect(of('{"type":"bare"}')).toBe(null)
  }
})

test('what does not fit is told by the field that is wrong first', () => {
  const wrongs: readonly [string, string][] = [
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['{"n":1}', 'unknown type undefined'],
    ['{"type":"toString"}', 'unknown type "toString"'],
    ['{"type":"note"}', 'n is missing'],
    ['{"type":"note","n":-1}', 'n is not a natural'],
    ['{"type":"note","n":1}', 'text is missing'],
    ['{"type":"note","n":1,"text":"abcd"}', 'text is not a text ≤ 3'],
    ['{"type":"note","n":1,"text":"","more":1}', 'more is not a field of note'],
    ['{"type":"note","n":1,"text":"","__proto__":{"n":1}}', '__proto__ is not a field of note'],
    ['{"type":"bare","toString":1}', 'toString is not a field of bare'],
    // every record has one, of its own or not
    ['{"type":"odd","after":1}', 'constructor is missing'],
    ['{"type":"odd","constructor":1}', 'after is missing'],
  ]
  for (const [json, why] of wrongs) expect(of(json), json).toBe(why)
})
