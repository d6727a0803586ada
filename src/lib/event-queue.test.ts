import { describe, expect, test } from 'vitest'
import { type EventQueue, ObjectQueue, TypedQueue } from './event-queue.ts'
import { Prng } from './prng.ts'

const makers: [string, () => EventQueue<string>][] = [
  ['typed', () => new TypedQueue()],
  ['objects', () => new ObjectQueue()],
]

describe.each(makers)('%s', (_, make) => {
  test('the earliest comes first, and of one time what was put in first', () => {
    const queue = make()
    for (const [time, item] of [
      [5, 'c'],
      [3, 'a'],
      [5, 'd'],
      [3, 'b'],
    ] as const) {
      queue.push(time, item)
    }
    const taken = Array.from({ length: 4 }, () => [queue.pop(), queue.time])
    expect(taken).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 5],
      ['d', 5],
    ])
    expect(queue.pop()).toBeUndefined()
  })

  test('what is cancelled never comes, and time does not go to it', () => {
    const queue = make()
    queue.push(1, 'a')
    const late = queue.push(9, 'late')
    expect(queue.pop()).toBe('a')
    queue.cancel(late)
    expect(queue.size).toBe(0)
    expect(queue.pop()).toBeUndefined()
    expect(queue.time).toBe(1)
  })
})

test('both give the same order, whatever is put in, taken and cancelled', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Prng(seed)
    const queues: EventQueue<number>[] = [new TypedQueue(), new ObjectQueue()]
    const tickets = new Map<number, number[]>()
    const cancelRatio = random.below(5)
    for (let step = 0; step < 3000; step++) {
      const deed = random.below(8)
      if (deed < 4) {
        const time = queues[0]!.time + random.below(50)
        tickets.set(
          step,
          queues.map((queue) => queue.push(time, step)),
        )
      } else if (deed < 4 + cancelRatio && tickets.size > 0) {
        const item = random.pick([...tickets.keys()])
        tickets.get(item)!.forEach((ticket, i) => {
          queues[i]!.cancel(ticket)
        })
        tickets.delete(item)
      } else {
        const [typed, object] = queues.map((queue) => queue.pop())
        expect(typed, `seed ${seed}, step ${step}`).toBe(object)
        if (typed !== undefined) tickets.delete(typed)
      }
      const [a, b] = queues
      expect([a!.size, a!.time], `seed ${seed}, step ${step}`).toEqual([b!.size, b!.time])
    }
  }
})
