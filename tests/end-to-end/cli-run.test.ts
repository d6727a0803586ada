/** Runs as they are asked for on the command line, and what is said of them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { alone, emptyFolder, json, recordIn, runsIn, testbed } from './testing.ts'

const table = (rows: { title: string; rows: (string | number)[][] }[], title: string) =>
  rows.find((one) => one.title === title)?.rows ?? []

describe.concurrent('a run', { timeout: 60_000 }, () => {
  test('without a word: ping-pong, then a snapshot, on real hosts; one document', async () => {
    const runs = emptyFolder()
    const document = await json(['--peers', '6', '--seed', '11', ...alone(runs)])
    expect(document).toMatchObject({ seed: 11, peers: 6, links: 15, verdict: 'valid' })
    expect(document.runs.map(({ algorithm, verdict }) => [algorithm, verdict])).toEqual([
      ['ping-pong', 'valid'],
      ['chandy-lamport', 'valid'],
    ])
    for (const { name, verdict, kind } of document.properties) {
      expect(['valid', ...(kind === 'sometimes' ? ['not seen'] : [])], name).toContain(verdict)
    }
    expect(new Set(document.properties.map(({ kind }) => kind))).toEqual(
      new Set(['always', 'eventually', 'sometimes']),
    )
    expect(Object.keys(document.messages).toSorted()).toEqual(['marker', 'money', 'ping', 'pong'])
    expect(document.messages.marker).toMatchObject({ sent: 30, delivered: 30, lost: 0, duplicated: 0 })
    for (const { sent, delivered } of Object.values(document.messages)) expect(delivered).toBe(sent)
    for (const { made, accepted, refused, dropped } of Object.values(document.spans)) {
      expect(made).toBeGreaterThan(30)
      expect([accepted + refused + dropped, refused, dropped]).toEqual([made, 0, 0])
    }
    expect(document.durationsMs.total).toBeGreaterThanOrEqual(document.durationsMs.setUp)
    for (const run of document.runs) {
      const files = ['events.bin', 'notes.md', 'run.json']
      expect(readdirSync(run.folder).toSorted()).toEqual(files)
      const { run: described, outcome, sinks } = recordIn(run.folder)
      expect([described.seed, outcome?.verdict, outcome?.ended]).toEqual([11, 'valid', 'quiescent'])
      expect(sinks?.map(({ made, accepted }) => made === accepted)).toEqual([true])
      const { blocks } = readEventsFile(readFileSync(join(run.folder, 'events.bin')))
      expect(blocks.reduce((sum, { length }) => sum + length, 0)).toBe(outcome!.events)
      expect(run.links.ledger).toBe(`${document.viewer}/runs/${run.id}`)
      expect(run.command).toMatch(new RegExp(`^npm run testbed -- ${run.algorithm} .*--seed 11$`))
    }
  })

  test('the seed decides whom p00 pings, and is drawn where it is not said', async () => {
    const target = async (...seed: string[]) => {
      const { runs, seed: used } = await json(['ping-pong', '--peers', '9', ...seed, ...alone(emptyFolder())])
      return { used, row: table(runs[0]!.tables, 'Round trips')[0]![0] }
    }
    const first = await target()
    const second = await target('--seed', String(first.used))
    expect(second, `seed ${first.used}`).toEqual(first)
  })

  test('of two processes', async () => {
    const document = await json(['--peers', '2', '--seed', '3', ...alone(emptyFolder())])
    expect(document).toMatchObject({ peers: 2, links: 1, verdict: 'valid' })
  })

  const topologies = [
    'complete',
    'ring',
    'line',
    'star',
    'tree',
    'grid',
    'random-regular:4',
    'small-world:4:20',
  ]
  const linksOf8 = [28, 8, 7, 7, 7, 10, 16, 16]
  test.for(topologies.map((name, i) => [name, linksOf8[i]!] as const))('on a %s', async ([name, links]) => {
    const args = ['bank', '--peers', '8', '--topology', name, '--spendings', '5', '--transport', 'memory']
    const document = await json([...args, '--seed', '5', ...alone(emptyFolder())])
    expect(document).toMatchObject({
      links,
      verdict: 'valid',
      messages: { money: { sent: 40, delivered: 40 } },
    })
  })

  test('on an edge list', async () => {
    const cwd = emptyFolder()
    writeFileSync(join(cwd, 'edges.txt'), '# a triangle with a tail\n0 1\np01 p02\n2 0\n\np02 -> p03\n')
    const document = await json(['bank', '--topology', './edges.txt', ...alone(cwd)], { cwd })
    expect(document).toMatchObject({ peers: 4, links: 4, verdict: 'valid' })
    expect(document.runs[0]!.topology).toBe('./edges.txt')
  })

  test('over memory without encryption, and that is said', async () => {
    const args = ['bank', '--peers', '3', '--transport', 'memory', '--security', 'plaintext', '--exit']
    const { code, stdout } = await testbed([...args, ...alone(emptyFolder())])
    expect(code).toBe(0)
    expect(stdout).toMatch(/3 of 3 links up at both ends, memory \+ plaintext/)
    expect(stdout).toMatch(/identities are claimed, not proved/)
  })

  test('in the simulator, twice from one seed: the same run', async () => {
    const once = async () => {
      const args = ['--runtime', 'simulator', '--peers', '5', '--seed', '7', ...alone(emptyFolder())]
      const { verdict, properties, messages, spans, runs } = await json(args)
      const outcomes = runs.map(({ folder }) => recordIn(folder).outcome)
      return { verdict, properties, messages, spans, outcomes }
    }
    const [first, second] = await Promise.all([once(), once()])
    expect(second).toEqual(first)
    expect(first.verdict).toBe('valid')
  })

  test('for a time', async () => {
    const args = ['bank', '--peers', '3', '--spendings', '100000', '--for', '300ms', ...alone(emptyFolder())]
    const { durationsMs, runs } = await json(args)
    expect(runs[0]!.ended).toBe('time over')
    expect(recordIn(runs[0]!.folder).outcome!.durationMs).toBeGreaterThanOrEqual(300)
    expect(durationsMs.total).toBeLessThan(20_000)
  })

  test('of requests instead of the workload', async () => {
    const requests = ['--request', 'p02 ping target=p00', '--request', 'p01 ping target=p02 @30ms']
    const { runs } = await json(['ping-pong', '--peers', '3', ...requests, ...alone(emptyFolder())])
    const pings = table(runs[0]!.tables, 'Round trips').map(([ping]) => ping)
    expect(pings).toEqual(['p02 → p00', 'p01 → p02'])
    expect(runs[0]!.answers).toMatchObject([
      { process: 'p02', to: { process: 'p02', request: { type: 'ping', target: 'p00' } } },
      { process: 'p01', to: { process: 'p01', request: { type: 'ping', target: 'p02' } } },
    ])
  })

  test('with --verbose beside --json: still one document', async () => {
    const document = await json(['ping-pong', '--peers', '2', '--verbose', ...alone(emptyFolder())])
    expect(document.verdict).toBe('valid')
  })
})

describe.concurrent('what breaks an algorithm', { timeout: 60_000 }, () => {
  test('streams without order, under a snapshot', async () => {
    const args = ['chandy-lamport', '--peers', '5', '--streams', 'exchange', '--faults', 'jitter 0-20ms']
    for (let seed = 1; seed <= 8; seed++) {
      const { code, stdout } = await testbed([
        ...args,
        '--seed',
        String(seed),
        '--exit',
        ...alone(emptyFolder()),
      ])
      expect([0, 1], `seed ${seed}: ${stdout}`).toContain(code)
      if (code === 0) continue
      expect(stdout, `seed ${seed}`).toMatch(/✗ violated +(CHANNEL STATE|CONSISTENT CUT)/)
      expect(stdout).toMatch(/assumes FIFO channels; a stream for each message is not FIFO/)
      expect(stdout).toMatch(new RegExp(`repeat it.*chandy-lamport.*'jitter 0-20ms'.*--seed ${seed}\n`))
      return
    }
    expect.unreachable('eight seeds, and every snapshot was consistent')
  })

  test('loss, when it is lifted that channels are reliable', async () => {
    const args = ['bank', '--peers', '4', '--faults', 'loss 30%', '--seed', '1']
    const broken = await json([...args, '--break', 'reliable', ...alone(emptyFolder())])
    expect(['violated', 'unknown']).toContain(broken.verdict)
    expect(broken.messages.money!.lost).toBeGreaterThan(0)
    expect(broken.runs[0]!.faultsFired).toEqual({ 'loss 30%': broken.messages.money!.lost })
    expect(broken.runs[0]!.notes.join()).toMatch(/broken on purpose: reliable/)
    const whole = await json([...args, ...alone(emptyFolder())])
    expect(whole).toMatchObject({ verdict: 'valid', messages: { money: { lost: 0 } } })
    expect(whole.runs[0]!.faults).toBe('none')
    expect(whole.runs[0]!.notes.join()).toMatch(/loss 30% left out.*--break reliable keeps it/)
  })
})

describe.concurrent('what is said', { timeout: 60_000 }, () => {
  const plain = (text: string) => !text.includes('\u001b')

  test('to a person: the seed first, the verdict, the run; no colours but on a terminal', async () => {
    const runs = emptyFolder()
    const args = ['ping-pong', '--peers', '3', '--seed', '4', '--exit', '--verbose', ...alone(runs)]
    for (const env of [{}, { NO_COLOR: '1' }]) {
      const { code, stdout, stderr } = await testbed(args, { env })
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^seed 4\n/)
      expect(stdout).toMatch(/3 hosts, 3 of 3 links up at both ends, TCP \+ noise \+ yamux/)
      expect(stdout).toMatch(/✓ valid +ANSWERED/)
      expect(stdout).toMatch(/repeat it +npm run testbed -- ping-pong --peers 3 .*--seed 4\n/)
      expect(stdout).toMatch(/viewer +(\d+) +\1 +0 +0/)
      expect(stdout).toContain(runsIn(runs).at(-1))
      expect(plain(stdout)).toBe(true)
    }
  })

  test('with --json nothing but the document; what a person reads goes to standard error', async () => {
    const args = ['ping-pong', '--peers', '2', '--json', ...alone(emptyFolder())]
    const { stdout, stderr } = await testbed(args)
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid' })
    expect(stderr).toMatch(/^seed \d+\n/)
    expect(plain(stdout + stderr)).toBe(true)
  })

  test('list', async () => {
    const { code, stdout } = await testbed(['list'])
    expect(code).toBe(0)
    for (const name of ['bank', 'chandy-lamport', 'ping-pong'])
      expect(stdout).toMatch(new RegExp(`^ ${name} `, 'm'))
    expect(plain(stdout)).toBe(true)
  })

  test.for([['--help'], ['help']])('%s', async ([word]) => {
    const { code, stdout, stderr } = await testbed([word!])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/Examples:\n +npm run testbed/)
    expect(stdout).toMatch(/Faults, separated by commas:\n +\S/)
    expect(stdout).toMatch(/Exit codes: 0 valid/)
    for (const option of [
      '--peers',
      '--topology',
      '--seed',
      '--faults',
      '--json',
      '--exit',
      '--port',
      '--otlp',
    ])
      expect(stdout).toContain(option)
    for (const name of ['TESTBED_VIEWER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'JAEGER_UI_URL'])
      expect(stdout).toContain(name)
  })

  test.for([
    ['ping-pong', '--help'],
    ['help', 'ping-pong'],
  ])('%s %s', async (args) => {
    const { code, stdout } = await testbed(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/--pings <value>.*how many pings/)
    expect(stdout).toMatch(/--target <value>/)
    expect(stdout).toMatch(/requests +pNN ping target=<process>/)
    expect(stdout).not.toMatch(/--spendings/)
  })

  test.for([
    ['serve', /--port <n>[\s\S]*--runs <folder>/],
    ['new', /npm run new -- my-algorithm/],
    ['list', /what there is to run/],
  ] as const)('%s --help', async ([verb, said]) => {
    const { code, stdout } = await testbed([verb, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(said)
  })
})
