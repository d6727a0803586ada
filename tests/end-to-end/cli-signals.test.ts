/** Ctrl-C, whenever it comes: the command ends by itself, soon, and what was recorded can be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ok, Receiver } from '../../src/telemetry/testing.ts'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { alone, emptyFolder, hasEvents, Running, recordIn, runsIn, stackLines, until } from './testing.ts'

/** Longer than ending takes on a busy machine, and far shorter than what was going on would have taken. */
const SOON_MS = 15_000

async function endsSoon(running: Running): Promise<number> {
  const beganMs = performance.now()
  const { code, stderr } = await running.ended
  expect(performance.now() - beganMs).toBeLessThan(SOON_MS)
  expect(stackLines(stderr)).toEqual([])
  return code ?? -1
}

const eventsIn = (folder: string) => {
  const { blocks, cutOff } = readEventsFile(readFileSync(join(folder, 'events.bin')))
  expect(cutOff).toBe(false)
  return blocks.reduce((sum, { length }) => sum + length, 0)
}

describe.concurrent('SIGINT', { timeout: 60_000 }, () => {
  test('while hosts are being linked', async () => {
    const runs = emptyFolder()
    const running = new Running(['bank', '--peers', '30', ...alone(runs)])
    await running.seen(/links …/)
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(130)
    const { stdout, stderr } = await running.ended
    expect(stderr).toMatch(/interrupted before the verdict/)
    expect(stdout).not.toMatch(/links up at both ends/)
    for (const folder of runsIn(runs)) expect(recordIn(folder).outcome).toBeUndefined()
  })

  test('while channels open', async () => {
    const runs = emptyFolder()
    const running = new Running(['bank', '--peers', '20', ...alone(runs)])
    await running.seen(/channels …/)
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(130)
    for (const folder of runsIn(runs)) {
      expect(recordIn(folder).outcome?.ended ?? 'interrupted').toBe('interrupted')
      eventsIn(folder)
    }
  })

  const long = ['bank', '--peers', '4', '--spendings', '1000000']

  test.for(['SIGINT', 'SIGTERM'] as const)('while it runs: %s', async (signal) => {
    const runs = emptyFolder()
    const running = new Running([...long, ...alone(runs)])
    await running.seen(/channels …/)
    await until(() => runsIn(runs).some((folder) => hasEvents(folder)))
    running.signal(signal)
    expect(await endsSoon(running)).toBe(130)
    const [folder] = runsIn(runs)
    const { outcome } = recordIn(folder!)
    expect(outcome).toMatchObject({ ended: 'interrupted', verdict: 'unknown' })
    expect(eventsIn(folder!)).toBe(outcome!.events)
    expect(outcome!.events).toBeGreaterThan(4)
    const { stdout } = await running.ended
    expect(stdout).toMatch(/\? unknown .*ended: interrupted/)
    expect(stdout).toContain(folder)
  })

  test('while it runs, in the simulator', async () => {
    const runs = emptyFolder()
    const running = new Running([...long, '--runtime', 'simulator', ...alone(runs)])
    await running.seen(/4 processes, complete/)
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(130)
    expect(recordIn(runsIn(runs)[0]!).outcome?.ended).toBe('interrupted')
  })

  test('a second one ends it at once, whatever is waited for', async () => {
    let probed = false
    const hanging = await new Receiver((response, spans, request) => {
      if (!probed) ok(response, spans, request)
      probed = true
    }).open()
    const runs = emptyFolder()
    const running = new Running([...long, '--runs', runs, '--port', '0', '--otlp', hanging.endpoint])
    await until(() => runsIn(runs).some((folder) => hasEvents(folder)))
    running.signal('SIGINT')
    await running.seen(/Ctrl-C once more ends at once/)
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(130)
    await hanging.stop()
    const [folder] = runsIn(runs)
    expect(recordIn(folder!).outcome, 'the sink was not waited for').toBeUndefined()
    eventsIn(folder!)
  })

  test('while it only serves: the verdict was there', async () => {
    const runs = emptyFolder()
    const running = new Running(['ping-pong', '--peers', '2', ...alone(runs)])
    const [, url] = await running.seen(/The runs are at (\S+) until Ctrl-C/)
    const page = await fetch(`${url}/api/about`)
    expect(page.status).toBe(200)
    await page.body?.cancel()
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(0)
    expect(recordIn(runsIn(runs)[0]!).outcome).toMatchObject({ verdict: 'valid' })
  })

  test('while somebody looks at the page', async () => {
    const running = new Running(['ping-pong', '--peers', '2', ...alone(emptyFolder())])
    const [, url] = await running.seen(/The runs are at (\S+) until Ctrl-C/)
    const open = await fetch(url!) // its connection stays
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(0)
    await open.body?.cancel().catch(() => {})
  })

  test('of serve', async () => {
    const running = new Running(['serve', '--port', '0', '--runs', emptyFolder()])
    await running.seen(/until Ctrl-C/)
    running.signal('SIGINT')
    expect(await endsSoon(running)).toBe(0)
  })
})

test('who read the output has gone: it ends, and complains of nothing', async () => {
  const running = new Running([
    'ping-pong',
    '--peers',
    '3',
    '--runtime',
    'simulator',
    ...alone(emptyFolder()),
  ])
  await running.seen(/seed \d+/)
  running.leave()
  const { code, stderr } = await running.ended
  expect(stderr).not.toMatch(/EPIPE|Error/)
  expect(code).toBe(130)
})
