/** A run that is held open, and what is typed at it, as a person at a terminal meets it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alone, emptyFolder, json, Running, recordIn, runsIn, stackLines } from './testing.ts'

const AT_REST = /at rest, and held open/
const flooding = (...more: string[]) => ['flooding', '--peers', '6', '--seed', '3', '--interactive', ...more]

function held(args: readonly string[]): { running: Running; runs: string } {
  const runs = emptyFolder()
  return { running: new Running([...args, ...alone(runs)], { typing: true }), runs }
}

describe.concurrent('what is typed', { timeout: 60_000 }, () => {
  test('is done on real hosts: a request, a crash, what follows of it, a recovery, the end', async () => {
    const { running, runs } = held(flooding())
    await running.seen(AT_REST)
    expect(recordIn(runsIn(runs)[0]!).outcome, 'the run goes on').toBeUndefined()
    running.type('p03 broadcast hello')
    await running.seen(/p05 deliver .*id: hello {2}← p03 broadcast/)
    running.type('crash p02')
    await running.seen(/crash p02: done/)
    running.type('p02 broadcast nobody')
    await running.seen(/p02 is down: it can be asked nothing before it recovers/)
    running.type('p03 broadcast again')
    await running.seen(/REACH\n +p02 never heard of again/)
    running.type('recover p02')
    await running.seen(/recover p02: done/)
    running.type('quit')
    const { code, stdout, stderr } = await running.ended
    expect([code, stackLines(stderr)]).toEqual([1, []])
    expect(stdout).not.toMatch(/p02 deliver .*id: again/)
    expect(stdout).toMatch(/faults fired: .*crash p02 by hand × 1/)
    const { outcome, run } = recordIn(runsIn(runs)[0]!)
    expect(outcome).toMatchObject({ verdict: 'violated', ended: 'quiescent' })
    expect(outcome!.notes).toContain('broken by hand: crashes')
    expect(outcome!.notes).toContain('5 done by hand, which the command does not repeat')
    expect(run.command).not.toMatch(/interactive/)
  })

  test('on a terminal is done without being asked for, and ends with the end of the input', async () => {
    const args = ['ping-pong', '--peers', '2', '--runtime', 'simulator', ...alone(emptyFolder())]
    const running = new Running(args, { terminal: true })
    await running.seen(AT_REST)
    running.type('p00 ping p01')
    await running.seen(/p00 answered .*← p00 ping/)
    running.type('quit')
    expect((await running.ended).code).toBe(0)
  })

  test('cuts a link and heals it', async () => {
    const { running, runs } = held(['ping-pong', '--peers', '2', '--interactive'])
    await running.seen(AT_REST)
    running.type('cut p00-p01')
    await running.seen(/cut p00-p01: done/)
    running.type('p00 ping p01')
    await running.seen(/quiescent after[\s\S]*ANSWERED/)
    running.type('heal p00–p01')
    await running.seen(/heal p00–p01: done/)
    running.type('p00 ping target=p01')
    await running.seen(/p00 answered .*target: p01 {2}← p00 ping/)
    running.endInput()
    expect((await running.ended).code).toBe(1)
    const { outcome } = recordIn(runsIn(runs)[0]!)
    expect(outcome!.notes).toContain('broken by hand: reliable')
    expect(outcome!.messages.find(({ type }) => type === 'ping')).toMatchObject({ lost: 1 })
  })

  test('that makes no sense is answered by what there is, and the run goes on', async () => {
    const { running } = held(flooding('--runtime', 'simulator'))
    await running.seen(AT_REST)
    for (const [line, said] of [
      ['crsh p01', /crsh p01: it begins with a process, p00 … p05, or crash, recover/],
      ['crash', /crash takes a process, p00 … p05/],
      ['crash p77', /there is no process p77, p00 … p05/],
      ['cut p00', /cut takes a link, such as cut p0/],
      ['p00 sing', /sing is no request. flooding knows: pNN broadcast id=/],
      ['p00 broadcast', /id is missing. Its form is/],
      ['"', /a quotation is not closed/],
      ['help', /What can be typed[\s\S]*pNN broadcast id=[\s\S]*crash p05[\s\S]*quit/],
    ] as const) {
      running.type(line)
      await running.seen(said)
    }
    running.type('quit')
    const { code, stderr } = await running.ended
    expect([code, stderr]).toEqual([0, ''])
  })

  test('in the simulator the time stands still meanwhile', async () => {
    const { running, runs } = held(flooding('--runtime', 'simulator', '--json'))
    await running.seen(AT_REST)
    running.type('p03 broadcast hello')
    await running.seen(/p05 deliver .*id: hello/)
    running.endInput()
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    const { runs: documents, verdict } = JSON.parse(stdout)
    expect([verdict, documents.length]).toEqual(['valid', 1])
    expect(recordIn(runsIn(runs)[0]!).outcome!.durationMs).toBeLessThan(1000)
  })

  test('before it rests is done as well, and only the last run of a session is held', async () => {
    const { running, runs } = held(['ping-pong', 'bank', '--peers', '3', '--interactive'])
    running.type('p00 transfer p01 1')
    await running.seen(/p00 transfer p01 1: done/)
    running.type('quit')
    expect((await running.ended).code).toBe(0)
    const records = runsIn(runs).map(recordIn)
    expect(records.map(({ outcome }) => outcome?.verdict)).toEqual(['valid', 'valid'])
  })

  test('nothing: the end of the input is the end of the run', async () => {
    const { verdict } = await json([...flooding(), ...alone(emptyFolder())])
    expect(verdict).toBe('valid')
  })
})

describe.concurrent('a page', { timeout: 60_000 }, () => {
  test('acts on the run with the token of the link, and follows what becomes of it', async () => {
    const { running, runs } = held(flooding('--verbose'))
    const [, url, id, token] = await running.seen(/(http:\S+)\/viewer\/\?run=(\S+?)#token=([\w-]{20,})/)
    await running.seen(
      new RegExp(`^flooding +${url}\\S+#token=${token}\\nThe runs are at ${url} until Ctrl-C`, 'm'),
    )
    await running.seen(AT_REST)
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
    const act = async (body: object, more: object = headers) => {
      const options = { method: 'POST', headers: { ...more }, body: JSON.stringify(body) }
      const response = await fetch(`${url}/api/runs/${id}/act`, options)
      return [response.status, await response.json()] as const
    }
    const forms = await fetch(`${url}/api/runs/${id}/acts`, { headers })
    expect(await forms.json()).toMatchObject({
      requests: [{ type: 'broadcast', fields: [{ name: 'id', optional: false }] }],
    })
    expect(await act({ line: 'crash p02' })).toEqual([200, { done: true, message: 'done' }])
    expect(await act({ kind: 'crash', process: 'p02' })).toEqual([
      200,
      { done: false, message: 'p02 is down already' },
    ])
    const request = { type: 'broadcast', id: 'from a page' }
    expect((await act({ kind: 'request', to: 'p03', request }))[0]).toBe(200)
    await running.seen(/p05 deliver .*from a page/)
    await running.seen(/p02 never heard of from a page/)
    const said = await act({ line: 'crash p77' })
    expect(said).toEqual([400, { done: false, message: 'there is no process p77, p00 … p05' }])
    expect((await act({ line: 'crash p01' }, { 'Content-Type': 'application/json' }))[0]).toBe(401)
    const record = await (await fetch(`${url}/api/runs/${id}`)).json()
    expect(record).toMatchObject({ outcome: { verdict: 'violated' } })
    running.type('quit')
    const { code, stdout } = await running.ended
    expect(code).toBe(1)
    expect(stdout).toMatch(/crash p02 by hand × 1/)
    for (const name of ['run.json', 'events.bin'])
      expect(readFileSync(join(runsIn(runs)[0]!, name)).includes(token!), name).toBe(false)
  })

  test('of a server elsewhere cannot act: its link bears no token', async () => {
    const server = new Running(['serve', '--port', '0', '--runs', emptyFolder()])
    const [, url] = await server.seen(/(http:\/\/127\.0\.0\.1:\d+)/)
    const running = new Running([...flooding(), '--runs', emptyFolder(), '--no-otlp'], {
      typing: true,
      env: { TESTBED_VIEWER_URL: url! },
    })
    const [, id] = await running.seen(/run=([\w-]+)/)
    await running.seen(AT_REST)
    const response = await fetch(`${url}/api/runs/${id}/acts`)
    expect(response.status).toBe(404)
    running.endInput()
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/token/)
    server.signal('SIGINT')
    await server.ended
  })
})

describe.concurrent('Ctrl-C', { timeout: 60_000 }, () => {
  test('at rest ends it with its verdict', async () => {
    const { running, runs } = held(flooding())
    await running.seen(AT_REST)
    running.signal('SIGINT')
    const { code, stderr } = await running.ended
    expect([code, stackLines(stderr)]).toEqual([0, []])
    expect(recordIn(runsIn(runs)[0]!).outcome).toMatchObject({ ended: 'quiescent', verdict: 'valid' })
  })

  test('while it is busy interrupts it', async () => {
    const long = ['bank', '--peers', '4', '--spendings', '1000000', '--interactive']
    const { running, runs } = held(long)
    await running.seen(/held open: type help/)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(recordIn(runsIn(runs)[0]!).outcome?.ended).toBe('interrupted')
  })
})
