import { describe, expect, test } from 'vitest'
import { compare } from './compare.ts'

const { signal } = new AbortController()

describe('what cannot be compared is said before anything starts', () => {
  test.each([
    [['broadcasts'], /compare broadcasts: there is no such group; there are .*broadcast/],
    [[], /missing required argument 'group'/],
    [['broadcast', '--latency', 'soon'], /--latency.*such as 100 or 100ms/],
    [['broadcast', '--peers', '1'], /--peers.*2 or more/],
    [['broadcast', '--peers', '4'], /degree 4 needs at least 5 processes/],
    [['broadcast', '--svgs', 'x'], /unknown option '--svgs'/],
  ])('compare %j', async (words, said) => {
    await expect(compare(words, signal)).rejects.toThrow(said)
    await expect(compare(words, signal)).rejects.toMatchObject({ name: 'UsageError' })
  })
})
