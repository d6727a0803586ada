/** Any fault that can be written, for tests of what every fault must do. */
import fc from 'fast-check'
import type { Fault } from './fault.ts'

export const id = fc.integer({ min: 0, max: 120 }).map((i) => `p${String(i).padStart(3, '0')}`)
const link = fc
  .uniqueArray(id, { minLength: 2, maxLength: 2 })
  .map(([a, b]) => [a!, b!].sort() as [string, string])
const us = fc.oneof(
  fc.nat(),
  fc.nat(3600 * 1e6),
  fc.nat(3600).map((s) => s * 1e6),
)
const someUs = us.map((time) => time + 1)
const millionths = fc.oneof(
  fc.nat(1e6),
  fc.nat(100).map((percent) => percent * 1e4),
)
const type = fc.constantFrom('marker', 'on', 'append-entries', 'at', 'held')
const scope = fc
  .record({ type: fc.option(type), between: fc.option(link), oneWay: fc.boolean() })
  .map(({ oneWay, ...rest }) => ({ ...rest, oneWay: oneWay && rest.between !== null }))
const window = { atUs: us, forUs: fc.option(someUs) }
const uniform = fc
  .tuple(us, us)
  .map(([a, b]) => ({ law: 'uniform' as const, minUs: Math.min(a, b), maxUs: Math.max(a, b) }))
const drawn = fc.oneof(
  us.map((time) => ({ law: 'constant' as const, us: time })),
  uniform.filter(({ minUs, maxUs }) => minUs < maxUs),
  us.map((meanUs) => ({ law: 'exponential' as const, meanUs })),
)
const delay = fc.oneof(drawn, fc.constant({ law: 'regions' as const }))

const severing = fc
  .record({ oneWay: fc.boolean(), held: fc.boolean(), ...window })
  .map((how) => ({ ...how, held: how.held && how.forUs !== null }))
const sides = fc
  .uniqueArray(id, { minLength: 2, maxLength: 7 })
  .chain((ids) =>
    fc.integer({ min: 1, max: ids.length - 1 }).map((cut) => [ids.slice(0, cut), ids.slice(cut)]),
  )
  .map((sides) => sides.map((side) => side.sort()).sort(([a], [b]) => (a! < b! ? -1 : 1)))
const division = fc.oneof(
  fc.record({ shape: fc.constantFrom('halves' as const, 'minority' as const) }),
  fc.record({ shape: fc.constantFrom('isolate' as const, 'bridge' as const), process: id }),
  sides.map((sides) => ({ shape: 'sides' as const, sides })),
)

const clock = fc
  .record({ byUs: fc.nat(86_400e6), ppm: fc.integer({ min: 1, max: 500_000 }) })
  .chain(({ byUs, ppm }) =>
    fc.constantFrom(
      { byUs: byUs + 1, ppm: 0 },
      { byUs: -byUs - 1, ppm: 0 },
      { byUs: 0, ppm },
      { byUs: 0, ppm: -ppm },
    ),
  )
  .filter(({ byUs }) => Math.abs(byUs) <= 86_400e6)

const lie = fc.oneof(
  fc.record({ does: fc.constant('silent' as const), type: fc.option(type), field: fc.constant(null) }),
  fc.record({
    does: fc.constantFrom('equivocates' as const, 'lies' as const),
    type,
    field: fc.constantFrom('vote', 'at', '$x'),
  }),
)

export const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('latency' as const), delay, scope, ...window }),
  fc.record({ kind: fc.constant('jitter' as const), delay: uniform, scope, ...window }),
  fc.record({ kind: fc.constantFrom('loss' as const, 'duplicate' as const), millionths, scope, ...window }),
  fc
    .record({ type, between: link, nth: fc.integer({ min: 1, max: 1e9 }) })
    .map(({ nth, ...of }) => ({ kind: 'nth loss' as const, nth, scope: { ...of, oneWay: true } })),
  fc.record({ kind: fc.constant('reorder' as const), millionths, delay: drawn, scope, ...window }),
  fc.tuple(link, severing).map(([link, how]) => ({ kind: 'cut' as const, link, ...how })),
  fc.tuple(division, severing).map(([division, how]) => ({ kind: 'partition' as const, division, ...how })),
  fc.record({ kind: fc.constant('crash' as const), process: id, ...window }),
  fc.record({ kind: fc.constant('pause' as const), process: id, atUs: us, forUs: someUs }),
  fc.record({ kind: fc.constant('slow' as const), process: id, costUs: someUs, ...window }),
  fc
    .tuple(id, clock, fc.record(window))
    .map(([process, change, during]) => ({ kind: 'clock' as const, process, ...change, ...during })),
  fc
    .tuple(id, lie, fc.record(window))
    .map(([process, lie, during]) => ({ kind: 'byzantine' as const, process, ...lie, ...during })),
)
