import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { goldenRuns } from './golden-runs.ts'
import { planScenario, playScenario } from './scenario.ts'
import { valueText } from './transcript.ts'

const ping = 'ping-pong --peers 2 --seed 1'

test('a scenario becomes what happened and what came of it; played again it stays as it is', async () => {
  const played = await playScenario(`# one ping\n${ping}\n  --pings 1\n`)
  expect(played).toMatch(
    /^# one ping\nping-pong --peers 2 --seed 1\n {2}--pings 1\n----\n0 +0\.000 {2}p00 {2}starts\n/,
  )
  expect(played).toMatch(/\n----\nvalid, quiescent after \d+\.\d{3} ms\n {2}valid {5}ANSWERED\n/)
  expect(await playScenario(played)).toBe(played)
})

test('what happened is written anew, what is above the first rule stays', async () => {
  const played = await playScenario(ping)
  expect(await playScenario(`${ping}\n----\nnonsense\n----\nviolated`)).toBe(played)
  expect(await playScenario(ping.replace('seed 1', 'seed 2'))).not.toContain(played.split('\n')[9])
})

test('options are read as on the command line, quotes and all', async () => {
  const { experiment, faultsText, options, notes } = await planScenario([
    'chandy-lamport --over ping-pong --peers 3 --seed 7 --topology star --pings 4',
    '--break fifo --break reliable',
    `# a comment --seed 9`,
    `--faults 'latency 2ms, loss 1%' --latency 3ms --for 0.5s --request "p01 takeSnapshot id=s @4ms"`,
  ])
  expect(faultsText).toBe('latency 2ms, loss 1%, latency 3ms')
  expect(options).toMatchObject({ pings: 4, snapshots: 1 })
  expect(notes).toEqual(['broken on purpose: fifo', 'broken on purpose: reliable'])
  expect(experiment).toMatchObject({
    seed: 7,
    delivery: 'unordered',
    ends: { atMs: 500 },
    requests: [{ to: 'p01', request: { type: 'takeSnapshot', id: 's' }, atMs: 4 }],
  })
  expect(experiment.places.map(({ outgoing }) => outgoing.length)).toEqual([2, 1, 1])
})

test('mistakes are told', async () => {
  const told = (line: string) => expect(planScenario([line])).rejects
  await told('pong --peers 2 --seed 1').toThrow(/begins with an algorithm: .*not 'pong'/)
  await told('ping-pong --seed 1').toThrow(/--peers/)
  await told('ping-pong --peers 2').toThrow(/--seed/)
  await told(`${ping} --pongs 1`).toThrow(/--pongs/)
  await told(`${ping} --pings many`).toThrow(/--pings many must be a positive number/)
  await told(`${ping} --break luck`).toThrow(/there are reliable, /)
  await told(`${ping} --over bank`).toThrow(/by itself/)
  await told('chandy-lamport --over chandy-lamport --peers 2 --seed 1').toThrow(/superimposed/)
})

test('a golden run that is not as it was is seen, and written anew only when asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'p2p-testbed-'))
  try {
    const [url, path] = [pathToFileURL(`${folder}/`), join(folder, 'ping.txt')]
    writeFileSync(path, `${ping}\n`)
    const [stale] = goldenRuns(url, false)
    const before = await stale!.play()
    expect(before.played).not.toBe(before.written)
    expect(readFileSync(path, 'utf8')).toBe(`${ping}\n`)
    await goldenRuns(url, true)[0]!.play()
    const after = await stale!.play()
    expect(after.played).toBe(after.written)
    expect(readFileSync(path, 'utf8')).toBe(before.played)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('values in few words', () => {
  expect(valueText({ type: 'basic', message: { type: 'money', amount: 4 } })).toBe('money amount=4')
  expect(valueText({ type: 'basic', timer: { type: 'basic', timer: { type: 'spend' } } })).toBe('spend')
  expect(valueText({ type: 'said', list: [1, null, true], text: 'two words' })).toBe(
    'said list=[1, null, true] text="two words"',
  )
  expect(valueText({ waiting: new Map([[6, { target: 'p01' }]]), seen: new Set(['a', 'b']) })).toBe(
    '{waiting={6={target=p01}} seen={a, b}}',
  )
})
