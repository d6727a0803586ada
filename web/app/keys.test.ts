import { expect, test } from 'vitest'
import { commandOf, KEYS } from './keys.ts'

const bare = { ctrlKey: false, metaKey: false, altKey: false }

test('no key means two things', () => {
  const all = Object.values(KEYS).flatMap(({ keys }) => [...keys])
  expect(new Set(all).size).toBe(all.length)
})

test('with a modifier a key is the browser’s', () => {
  expect(commandOf({ ...bare, key: 'f' })).toBe('fit')
  expect(commandOf({ ...bare, key: 'f', ctrlKey: true })).toBeNull()
  expect(commandOf({ ...bare, key: 'F5' })).toBeNull()
})
