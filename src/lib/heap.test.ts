import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap } from './heap.ts'

test('what comes out is what a sort would give', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b)
      for (const number of numbers) heap.push(number)
      expect(heap.size).toBe(numbers.length)
      expect(heap.peek()).toBe(numbers.toSorted((a, b) => a - b)[0])
      expect(numbers.map(() => heap.pop())).toEqual(numbers.toSorted((a, b) => a - b))
      expect(heap.pop()).toBeUndefined()
      expect(heap.size).toBe(0)
    }),
  )
})

test('pushes and pops may be mixed', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const heap = new Heap<number>((a, b) => a < b)
      let sorted: number[] = []
      for (const step of steps) {
        if (step === null) expect(heap.pop()).toBe(sorted.shift())
        else {
          heap.push(step)
          sorted = [...sorted, step].sort((a, b) => a - b)
        }
        expect(heap.peek()).toBe(sorted[0])
      }
    }),
  )
})
