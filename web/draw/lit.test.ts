import { expect, test } from 'vitest'
import { Hand } from '../../src/trace-format/testing.ts'
import { dataOf } from '../model/testing.ts'
import type { ArrowShape, DotShape, DrawList, Role, Shape, TextShape } from './shapes.ts'
import { fit, NO_FILTER, spaceTime } from './space-time.ts'

const PING = { type: 'ping' }

const withRole = <S extends Shape>(list: DrawList, role: Role, shape: S['shape']) =>
  list.filter((own): own is S => own.role === role && own.shape === shape)

test('what is lit stands out, and all else steps back, whatever is selected', () => {
  const hand = new Hand(3)
  hand.send(0, 1, PING) // 0
  hand.send(1, 2, PING) // 1
  hand.deliver(1, 0, 0) // 2
  hand.deliver(2, 1, 0) // 3
  const data = dataOf(hand, 3)
  const lit = Uint8Array.of(1, 0, 1, 0)
  const view = {
    ...({ width: 1280, height: 600, axis: 'logical' } as const),
    ...{ ...fit(data, 'logical'), order: [0, 1, 2] },
    ...{ scrollTop: 0, filter: NO_FILTER, cut: null, showTimers: false, showRecordedCuts: true, lit },
  } as const
  for (const selected of [null, 1]) {
    const list = spaceTime(data, { ...view, selected })
    const tones = withRole<ArrowShape>(list, 'message', 'arrow').map(({ tone, ref }) => [ref?.message, tone])
    expect(tones).toEqual([
      [1, 'dim'],
      [0, 0],
    ])
    expect(withRole<TextShape>(list, 'message', 'text').map(({ text }) => text)).toEqual(['ping'])
    const discs = withRole<DotShape>(list, 'event', 'dot').filter(({ form }) => form === 'disc')
    const dim = discs.flatMap(({ tone, ref }) => (tone === 'dim' ? [ref?.event] : []))
    expect(dim).toEqual(selected === null ? [1, 3] : [3])
  }
})
