/** The same entry, unchanged, on every runtime. */
import { describe, expect } from 'vitest'
import { conduct } from '../../src/harness/conduct.ts'
import { law, SEED } from './arms.ts'
import { entries, planOf } from './entries.ts'

describe('every entry of the catalogue is valid as it stands', () => {
  for (const [name, load] of entries) {
    law(name, async (arm) => {
      const plan = await planOf(await load(), arm.name === 'simulator' ? 'simulator' : 'libp2p')
      const identity = {
        id: `${name}-${SEED}`,
        tag: '00000000000000aa',
        runtime: arm.name,
        peerIds: [],
        command: '',
      }
      const execute = await arm.executor(plan.topology.ids.length)
      const { outcome, failure } = await conduct(plan, identity, execute, {
        begin: () => {},
        block: () => {},
      })
      expect(failure).toBe(null)
      const broken = outcome.properties.filter(
        ({ verdict }) => verdict === 'violated' || verdict === 'unknown',
      )
      expect(broken).toEqual([])
      expect([outcome.verdict, outcome.ended], `seed ${SEED}`).toEqual(['valid', expect.any(String)])
      expect(outcome.events).toBeGreaterThan(plan.topology.ids.length)
    })
  }
})
