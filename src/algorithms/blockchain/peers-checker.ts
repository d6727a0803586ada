/** What processes promise of one another: nobody is slandered, and nobody is waited for in vain. */
import { lies } from '../../checkers/liars.ts'
import type { ProcessId } from '../../model/process.ts'
import { type Property, property } from '../../model/property.ts'
import type { Blockchain } from './vocabulary.ts'

/** Clocks are read in ms. */
const TOLERANCE_NS = 1e6

export const justice: Property<Blockchain> = property<Blockchain, { liars: Set<ProcessId> }>({
  name: 'JUSTICE',
  kind: 'always',
  sees: ['indicate', 'fault'],
  initial: () => ({ liars: new Set() }),
  upon({ liars }, event) {
    if (lies(event)) liars.add(event.at)
    if (event.kind !== 'indicate' || event.indication.type !== 'foundOut') return undefined
    const { peer, why, isProved } = event.indication
    if (!isProved || liars.has(peer)) return undefined
    const explanation = `${event.at} has a proof against ${peer}, which never lied: ${why}`
    return { explanation, witnesses: [event.position] }
  },
})

export const silence = ({ silentMs }: { silentMs: number }): Property<Blockchain> =>
  property<Blockchain, { heardNs: Map<ProcessId, Map<ProcessId, number>> }>({
    name: 'SILENCE',
    kind: 'always',
    sees: ['send', 'deliver', 'crash'],
    initial: (places) => ({ heardNs: new Map(places.map(({ self }) => [self, new Map()])) }),
    upon({ heardNs }, event) {
      const { at, localNs, position } = event
      const heard = heardNs.get(at)!
      if (event.kind === 'crash') heard.clear()
      if (event.kind === 'deliver') heard.set(event.from, localNs)
      if (event.kind !== 'send' || event.message.type !== 'stats') return undefined
      const sinceNs = localNs - (heard.get(event.to) ?? -Infinity)
      if (sinceNs <= silentMs * 1e6 + TOLERANCE_NS) return undefined
      const ms = (sinceNs / 1e6).toFixed(0)
      const explanation = `${at} asks ${event.to} for its chain, and has not heard of it for ${ms} ms`
      return { explanation, witnesses: [position] }
    },
  })
