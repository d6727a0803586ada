/** Hosts and the links between them, before any run. */
import { describe, expect, test } from 'vitest'
import { Unavailable } from '../../src/runtimes/experiment.ts'
import { Mesh, type MeshOptions } from '../../src/runtimes/libp2p/mesh.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { runOn, SEED, until } from './arms.ts'
import { little, note, tick } from './little.ts'
import { of, sound } from './reading.ts'

const kinds = [
  ['tcp', 'noise'],
  ['memory', 'plaintext'],
] as const

function optionsOf(n: number, [transport, security]: (typeof kinds)[number]): MeshOptions {
  const { ids, links } = buildTopology('complete', n, 0)
  return { ids, links, seed: SEED, transport, security }
}

describe('a mesh', () => {
  test('of 20 hosts on TCP has 190 links, each listed at both ends, dialled in order', async () => {
    const options = optionsOf(20, kinds[0])
    const progress: string[] = []
    const mesh = await Mesh.open({
      ...options,
      progress: (phase, done, of) => progress.push(`${phase} ${done}/${of}`),
    })
    try {
      expect(mesh.linked(), `seed ${SEED}`).toBe(190)
      for (let process = 0; process < 20; process++) {
        expect(mesh.host(process).getConnections()).toHaveLength(19)
      }
      expect(mesh.dials.map(({ from, to }) => [from, to])).toEqual(options.links)
      expect(new Set(mesh.peerIds).size).toBe(20)
      expect(progress).toHaveLength(20 + 190)
      expect(progress.at(-1)).toBe('links 190/190')
    } finally {
      await mesh.close()
    }
  }, 30_000)

  for (const kind of kinds) {
    test(`on ${kind[0]} has the same identities for the same seed, others for another`, async () => {
      const identities = async (seed: number) => {
        const mesh = await Mesh.open({ ...optionsOf(3, kind), seed })
        const { peerIds } = mesh
        await mesh.close()
        return peerIds
      }
      const once = await identities(1)
      expect(await identities(1)).toEqual(once)
      expect(new Set([...once, ...(await identities(2))]).size).toBe(6)
    })

    test(`on ${kind[0]} is linked further by who sends on demand, once for both ways`, async () => {
      const mesh = await Mesh.open({ ...optionsOf(3, kind), links: [[0, 1]] })
      const between = little({
        start: ({ self, setTimer }) => self !== 'p01' && setTimer(tick('t', 0), 0),
        recover: ({ setTimer }) => setTimer(tick('t', 0), 1),
        tick({ self, send, setTimer }, { n }) {
          send(self === 'p00' ? 'p02' : 'p00', note(n))
          if (n < 60) setTimer(tick('t', n + 1), 1)
        },
      })
      try {
        for (const streams of ['channel', 'exchange'] as const) {
          const parts = { channels: 'on demand', streams, faults: 'crash p02 at 30ms for 1ms' } as const
          const ran = await runOn(mesh, between, parts)
          sound(ran, { fifo: streams === 'channel' })
          const [recovered] = of(ran, 'recover', 'p02')
          const after = of(ran, 'deliver').filter(({ position }) => position > recovered!.position)
          expect(new Set(after.map(({ at }) => at)), `seed ${SEED}`).toEqual(new Set(['p00', 'p02']))
          const { peerId } = mesh.host(2)
          expect(mesh.host(0).getConnections(peerId), 'connections').toHaveLength(1)
          expect(of(ran, 'linkUp', 'p02').length).toBe(
            of(ran, 'linkUp', 'p00').filter(({ peer }) => peer === 'p02').length,
          )
        }
      } finally {
        await mesh.close()
      }
    })

    test(`on ${kind[0]} says which link cannot be made, and why`, async () => {
      const mesh = await Mesh.open({ ...optionsOf(3, kind), links: [[0, 1]] })
      try {
        await mesh.host(2).stop()
        const failed = await mesh.dial(0, 2).then(
          () => null,
          (error: unknown) => error,
        )
        expect(failed).toBeInstanceOf(Unavailable)
        expect(String(failed), `seed ${SEED}`).toMatch(/^Unavailable: no link p00–p02: .{10}/)
        expect((failed as Error).cause).toBeInstanceOf(Error)
        expect(mesh.linked(), 'the others are as they were').toBe(1)
      } finally {
        await mesh.close()
      }
    })

    test(`on ${kind[0]} that cannot be made leaves no host behind`, async () => {
      const abort = new AbortController()
      const seen: string[] = []
      const opening = Mesh.open({
        ...optionsOf(4, kind),
        signal: abort.signal,
        progress(phase, done) {
          seen.push(`${phase} ${done}`)
          if (phase === 'links' && done === 2) abort.abort(new Error('enough'))
        },
      })
      await expect(opening).rejects.toThrow('enough')
      expect(seen.at(-1)).toBe('links 2')
      await until(
        'nothing listens',
        () => !process.getActiveResourcesInfo().some((what) => what.startsWith('TCP')),
      )
    })

    test(`on ${kind[0]} is gone when it is closed: nothing listens there any more`, async () => {
      const mesh = await Mesh.open(optionsOf(3, kind))
      const hosts = [0, 1, 2].map((process) => mesh.host(process))
      const addresses = hosts[0]!.getMultiaddrs()
      await mesh.close()
      expect(hosts.map(({ status }) => status)).toEqual(['stopped', 'stopped', 'stopped'])
      expect(() => mesh.host(0)).toThrow('p00 is not up')
      const other = await Mesh.open({ ...optionsOf(2, kind), seed: SEED + 1 })
      await expect(other.host(0).dial(addresses)).rejects.toThrow()
      await other.close()
      await mesh.close() // once more is nothing
    })
  }
})
