/**
 * Whatever the operator gets wrong is said in a sentence or two on standard
 * error, with exit code 64, before anything is started: no output, no run folder.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alone, emptyFolder, stackLines, testbed } from './testing.ts'

const files: Record<string, string> = {
  'one-way.txt': 'p00 -> p01\np01 -> p02\n',
  'bad-line.txt': '# links\np00 p01\np00 ?? p02\n',
  'gap.txt': 'p00 p01\np01 p03\n',
  'no-entry.ts': 'export const algorithm = 1\n',
  'no-code.ts': 'export const one = 1\nexport const entry = {{{\n',
  'throws.ts': '\nexport const entry = nobody.knows\n',
  'plain-file': 'x',
}

const wrong: readonly (readonly [args: string[], said: RegExp])[] = [
  [['pingpong'], /no algorithm 'pingpong'. Did you mean ping-pong\?.*bank.*chandy-lamport/],
  [['xyzzyx'], /no algorithm 'xyzzyx'. The catalogue/],
  [['ping-pong', 'bonk'], /no algorithm 'bonk'. Did you mean bank\?/],
  [['bench'], /'bench' is the name of a command to come/],
  [['bank', 'sweep'], /'sweep' is a command.* comes first/],
  [['bank', 'list'], /'list' is a command.* comes first/],
  [['list', '--all'], /unknown option '--all'/],
  [['--peer', '5'], /unknown option '--peer'.*--peers/],
  [['ping-pong', '--ping', '3'], /unknown option '--ping'.*--pings/],
  [['ping-pong', '--pings', '0'], /'--pings <value>'.*'0'.*positive number/],
  [['ping-pong', '--spendings', '3'], /unknown option '--spendings'/],
  [['--peers'], /argument missing/],
  [['--peers', '0'], /--peers <n>.*'0'.*1 or more/],
  [['--peers', '1'], /ping-pong.*two processes.*--peers 2/],
  [['bank', '--peers', '1'], /bank.*--peers 2/],
  [['--peers', '-3'], /--peers <n>.*'-3'/],
  [['--peers', 'abc'], /--peers <n>.*'abc'/],
  [['--peers', '2.5'], /--peers <n>.*'2.5'/],
  [['--peers', '1000000'], /1000000 hosts.*need.*this machine has|the limit is \d+/],
  [['--peers', '1000000', '--runtime', 'simulator'], /65535/],
  [['bank', '--peers', '70000', '--topology', 'ring', '--runtime', 'simulator'], /65535/],
  [['chandy-lamport', '--topology', './one-way.txt'], /chandy-lamport.*one-way.*strongly connected/],
  [['bank', '--topology', 'ring:x'], /'ring:x' has more parameters/],
  [['bank', '--topology', 'random-regular:x'], /'random-regular:x'.*whole number/],
  [['bank', '--topology', 'random-regular:19', '--peers', '5'], /random-regular:19 of 5/],
  [['bank', '--topology', 'nowhere'], /no topology 'nowhere'.*complete, ring/],
  [['bank', '--topology', './none.txt'], /'.\/none.txt' cannot be read: no such file/],
  [['bank', '--topology', './bad-line.txt'], /bad-line.txt, line 3: 'p00 \?\? p02' is no link/],
  [['bank', '--topology', './gap.txt'], /gap.txt names process 3 but not 2/],
  [['bank', '--topology', './one-way.txt', '--peers', '9'], /joins 3 processes, but 9 are asked for/],
  [['bank', '--faults', 'lozz 30%'], /no fault 'lozz'/],
  [['bank', '--faults', 'loss 300%'], /'300%' is more than 100%/],
  [['bank', '--faults', 'crash p77 @1s'], /p77/],
  [['bank', '--latency', 'soon'], /--latency soon: write a time/],
  [['bank', '--for', 'ever'], /--for <time>.*'ever'.*500ms/],
  [['bank', '--seed', '-1'], /--seed <n>.*'-1'/],
  [['bank', '--break', 'rules'], /'rules'.*reliable, noDuplicates, crashes, fifo, honest/],
  [['kad-dht', '--runtime', 'simulator'], /kad-dht is a service of libp2p's own.*--runtime libp2p/],
  [['chandy-lamport', '--over', 'kad-dht'], /kad-dht is a service.*beneath another algorithm/],
  [['ping-pong', 'kad-dht'], /kad-dht needs hosts of its own: run it alone/],
  [['gossipsub', '--faults', 'pause p01 at 1s for 1s'], /pause p01.*its own clock.*crash it takes/],
  [['kad-dht', '--streams', 'exchange'], /kad-dht opens its own streams; leave them out/],
  [['bank', '--transport', 'pigeon'], /'pigeon'.*tcp, memory/],
  [['kad-dht', '--interactive'], /--interactive: kad-dht is a service.*--request and --faults/],
  [['bank', '--request', 'p00 steal'], /steal is no request.*transfer to=<process> amount=/],
  [['bank', '--request', 'p77 transfer to=p01 amount=1'], /p00 … p19/],
  [['bank', '--request', 'p00 transfer to=p01 amount=x'], /amount is not a positive number/],
  [['bank', '--request', 'p00 transfer to=p01 sum=1'], /amount is missing|sum is not a field/],
  [['ping-pong', '--target', 'p77'], /--target p77: p00 can ping p01 … p19/],
  [['chandy-lamport', '--initiator', 'p77'], /--initiator p77.*p00 … p19/],
  [['bank', '--over', 'ping-pong'], /--over ping-pong: bank runs by itself/],
  [['chandy-lamport', '--over', 'bonk'], /no algorithm 'bonk'/],
  [['chandy-lamport', '--over', 'chandy-lamport'], /superposition over a superposition/],
  [['bank', '--runs', './plain-file/below'], /--runs .\/plain-file\/below: .*plain-file is no folder/],
  [['bank', '--otlp', 'nonsense'], /--otlp nonsense.*http:\/\/localhost:4318/],
  [['./none.ts'], /no file .\/none.ts/],
  [['./no-entry.ts'], /no-entry.ts exports algorithm, but no catalogue entry/],
  [['./no-code.ts'], /no-code.ts, line 2: it could not be loaded/],
  [['./throws.ts'], /throws.ts, line 2: it could not be loaded: nobody is not defined/],
  [['serve', '--port', 'x'], /--port <n>.*'x'/],
  [['serve', '--prt', '1'], /unknown option '--prt'.*--port/],
  [['new'], /missing required argument 'name'/],
  [['new', 'bank'], /catalogue has bank already/],
  [['new', 'sweep'], /'sweep' is a command/],
  [['new', 'Two Words'], /'Two Words' cannot be its name/],
  [['new', './mine.js'], /must end in .ts/],
  [['new', './no-entry.ts'], /is there already/],
]

const VERBS_WITHOUT_RUN = ['list', 'serve', 'new']

describe.concurrent('exit code 64', { timeout: 60_000 }, () => {
  for (const [args, said] of wrong) {
    test(args.join(' '), async () => {
      const cwd = emptyFolder()
      for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
      const own = args.flatMap((word) => (word.startsWith('--') ? [word] : []))
      const more = ['--runs', './kept', '--port', '0', '--no-otlp', '--exit']
      const rest = VERBS_WITHOUT_RUN.includes(args[0]!) || own.includes('--otlp') || own.includes('--runs')
      const { code, stdout, stderr } = await testbed(rest ? args : [...more, ...args], { cwd })
      expect(stderr).toMatch(said)
      expect(code, stderr).toBe(64)
      expect(stdout).toBe('')
      expect(stderr.trim().split('\n').length, stderr).toBeLessThanOrEqual(2)
      expect(stackLines(stderr)).toEqual([])
      expect(existsSync(join(cwd, 'kept')) || existsSync(join(cwd, 'runs'))).toBe(false)
    })
  }

  test('a port that another program holds', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', () => resolve()))
    const { port } = holder.address() as { port: number }
    const runs = join(emptyFolder(), 'kept')
    const { code, stdout, stderr } = await testbed(
      ['ping-pong', '--peers', '2', '--no-otlp', '--exit', '--runs', runs, '--port', String(port)],
      { cwd: emptyFolder() },
    )
    holder.close()
    expect(stderr).toMatch(new RegExp(`--port ${port}: another program has it`))
    expect([code, stdout]).toEqual([64, ''])
    expect(existsSync(runs)).toBe(false)
  })

  test.for([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', /OTEL_EXPORTER_OTLP_ENDPOINT is "nonsense"/],
    ['TESTBED_VIEWER_URL', /TESTBED_VIEWER_URL is nonsense/],
  ] as const)('%s=nonsense', async ([name, said]) => {
    const runs = join(emptyFolder(), 'kept')
    const { code, stdout, stderr } = await testbed(
      ['bank', '--peers', '2', '--exit', '--runs', runs, '--port', '0'],
      {
        env: { [name]: 'nonsense' },
      },
    )
    expect(stderr).toMatch(said)
    expect([code, stdout]).toEqual([64, ''])
    expect(existsSync(runs)).toBe(false)
  })

  test('a file named over another algorithm that is none', async () => {
    const { code, stderr } = await testbed(['chandy-lamport', '--over', './none.ts', ...alone(emptyFolder())])
    expect(stderr).toMatch(/no file .\/none.ts/)
    expect(code).toBe(64)
  })
})
