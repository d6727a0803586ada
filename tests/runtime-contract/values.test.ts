/** What crosses the border of a process is a copy: nobody sees what another does to its own later. */
import { describe, expect } from 'vitest'
import { law } from './arms.ts'
import { go, little, type Numbers, saw, tick } from './little.ts'
import { announced, of, sound } from './reading.ts'

const numbers = (...list: number[]): Numbers => ({ type: 'numbers', list })

describe('a value that crosses the border of a process', () => {
  law('is copied by send: the sender may go on changing its own', async (arm) => {
    const restless = little({
      start({ self, send }) {
        if (self !== 'p00') return
        const own = numbers(1, 2)
        send('p01', own)
        own.list.push(3)
        send('p01', own)
        own.list = [9]
        send('p02', own)
      },
      numbers: ({ indicate }, { list }) => indicate(saw(list)),
    })
    const ran = await arm.run(restless)
    sound(ran)
    expect(announced(ran, 'p01')).toEqual([
      [1, 2],
      [1, 2, 3],
    ])
    expect(announced(ran, 'p02')).toEqual([[9]])
  })

  law('is fresh when it is delivered: each receiver, and each copy, has its own', async (arm) => {
    const kept: Numbers[] = []
    const greedy = little({
      initial: () => ({ own: numbers(1) }),
      start({ self, outgoing, send }, state) {
        if (self !== 'p00') return
        for (const to of outgoing) send(to, state.own)
      },
      numbers({ indicate }, message) {
        indicate(saw(message.list))
        message.list.push(666)
        kept.push(message)
      },
    })
    const ran = await arm.run(greedy, { faults: 'duplicate 100%' })
    sound(ran, { noDuplicates: false })
    expect(announced(ran)).toEqual([[1], [1], [1], [1]])
    expect(new Set(kept).size).toBe(4)
    expect(of(ran, 'send').map(({ message }) => message)).toEqual([numbers(1), numbers(1)])
  })

  law('is copied by indicate, setTimer and store', async (arm) => {
    const restless = little({
      start({ self, indicate, setTimer, store }) {
        if (self !== 'p01') return
        const list = [1]
        indicate(saw(list))
        const timer = tick('first')
        setTimer(timer, 1)
        const stable = { list }
        store(stable)
        list.push(2)
        timer.name = 'second'
      },
      tick({ indicate }, timer) {
        indicate(saw(timer.name))
        timer.name = 'third'
      },
      recover: ({ indicate }, stored) => indicate(saw(stored)),
    })
    const ran = await arm.run(restless, { faults: 'crash p01 at 40ms for 1ms' })
    sound(ran)
    expect(announced(ran)).toEqual([[1], 'first', { list: [1] }])
    expect(of(ran, 'setTimer')[0]!.timer).toEqual(tick('first'))
    expect(of(ran, 'store')[0]!.stable).toEqual({ list: [1] })
  })

  law('is fresh when a timer goes off or a process recovers, each time', async (arm) => {
    const spoiler = little({
      start({ self, setTimer, store }) {
        if (self !== 'p01') return
        store({ list: [1] })
        for (const n of [1, 2]) setTimer(tick('same', n), n)
      },
      tick(_, timer) {
        timer.n = 99
      },
      recover({ indicate }, stored) {
        indicate(saw(stored))
        ;(stored as { list: number[] }).list.push(2)
      },
    })
    const twice = 'crash p01 at 30ms for 1ms, crash p01 at 80ms for 1ms'
    const ran = await arm.run(spoiler, { faults: twice })
    sound(ran)
    expect(of(ran, 'timeout').map(({ timer }) => timer.n)).toEqual([1, 2])
    expect(announced(ran)).toEqual([{ list: [1] }, { list: [1] }])
  })

  law('is copied from the workload: a handler does not change what was asked', async (arm) => {
    const spoiler = little({
      go(_, request) {
        request.list.push(4)
      },
    })
    const requests = [go('p01', 1)]
    const ran = await arm.run(spoiler, { requests })
    sound(ran)
    expect(requests[0]!.request.list).toEqual([1, 2, 3])
    expect(of(ran, 'request')[0]!.request.list).toEqual([1, 2, 3])
  })
})
