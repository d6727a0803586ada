import { expect, test } from 'vitest'
import { SERVICES } from '../algorithms/index.ts'
import { UsageError } from '../lib/usage-error.ts'
import { loadEntry, loadOurs } from './load.ts'

test('what is libp2p’s own is refused by name in virtual time, and beneath others', async () => {
  for (const name of SERVICES) {
    expect((await loadEntry(name, undefined)).service?.name).toBe(name)
    const refusals = [loadOurs(name, undefined), loadEntry('chandy-lamport', name)]
    for (const refusal of refusals) {
      await expect(refusal).rejects.toThrow(UsageError)
      await expect(refusal).rejects.toThrow(new RegExp(`^${name} is a service .* --runtime libp2p`))
    }
  }
  expect((await loadOurs('ping-pong', undefined)).name).toBe('ping-pong')
})
