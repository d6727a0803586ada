import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Linearized, linearized } from './judge.ts'
import { type Operation, type RegisterInput, register, type StoreInput, storedText } from './operation.ts'
import { picture } from './picture.ts'

type OnRegister = Operation<RegisterInput, string | boolean>

const op = (
  process: string,
  input: RegisterInput,
  invoked: number,
  answered: number,
  output?: string | boolean,
): OnRegister => ({
  process,
  input,
  invoked,
  answered,
  ...(output === undefined ? {} : { output }),
})
const read = { do: 'read' } as const
const write = (value: string) => ({ do: 'write', value }) as const

describe('a register', () => {
  test('a read that returns an old value after a newer one was read', () => {
    const history = [
      op('p00', write('a'), 0, 9, true),
      op('p01', read, 1, 2, 'a'),
      op('p02', read, 3, 4, 'nil'),
    ]
    const { verdict, part } = linearized(register, history)
    expect(verdict).toBe('not linearizable')
    expect(picture(register, part!)).toBe(
      [
        'p00  ├write a───────────────────────────────────────────────────────────────────────────┤',
        'p01                   ├read a─────────┤',
        'p02                                                    ├!read nil!──────┤',
        '',
        'the longest order that can be: write a, read a',
        'after it none of these can come next: read nil',
      ].join('\n'),
    )
  })

  test('the same reads the other way round are right', () => {
    const history = [
      op('p00', write('a'), 0, 9, true),
      op('p01', read, 3, 4, 'a'),
      op('p02', read, 1, 2, 'nil'),
    ]
    expect(linearized(register, history).verdict).toBe('linearizable')
  })

  test('a write without an answer may take effect late, or never', () => {
    const open = op('p00', write('a'), 0, Number.POSITIVE_INFINITY)
    expect(linearized(register, [open, op('p01', read, 5, 6, 'nil')]).verdict).toBe('linearizable')
    const late = [open, op('p01', read, 1, 2, 'nil'), op('p01', read, 5, 6, 'a')]
    expect(linearized(register, late).verdict).toBe('linearizable')
    const back = [open, op('p01', read, 1, 2, 'a'), op('p01', read, 5, 6, 'nil')]
    expect(linearized(register, back).verdict).toBe('not linearizable')
  })

  test('compare and set: of two from the same value one fails', () => {
    const cas = (from: string, to: string) => ({ do: 'cas', from, to }) as const
    const both = (first: boolean, second: boolean) => [
      op('p00', cas('nil', '1'), 0, 2, first),
      op('p01', cas('nil', '2'), 1, 3, second),
    ]
    expect(linearized(register, both(true, false)).verdict).toBe('linearizable')
    expect(linearized(register, both(true, true)).verdict).toBe('not linearizable')
    expect(linearized(register, both(false, false)).verdict).toBe('not linearizable')
  })

  test('steps that give out leave it unknown', () => {
    const history = Array.from({ length: 12 }, (_, i) => op(`p${i}`, write(`${i}`), i, 100 + i, true))
    const impossible = [...history, op('p99', read, 200, 201, 'never')]
    expect(linearized(register, impossible, { stepsMax: 50 }).verdict).toBe('unknown')
    expect(linearized(register, impossible).verdict).toBe('not linearizable')
  })
})

/** By definition: try every order. */
function bySearchOfAllOrders(operations: readonly OnRegister[]): boolean {
  const go = (left: readonly OnRegister[], state: string): boolean => {
    if (left.every(({ answered }) => answered === Number.POSITIVE_INFINITY)) return true
    return left.some((next) => {
      if (left.some((other) => other !== next && other.answered < next.invoked)) return false
      const after = register.step(state, next.input, next.output)
      return (
        after !== null &&
        go(
          left.filter((other) => other !== next),
          after,
        )
      )
    })
  }
  return go(operations, register.initial)
}

test('agrees with the definition on all small histories drawn', () => {
  const inputs = fc.oneof(
    fc.constant(read),
    fc.constantFrom('a', 'b').map(write),
    fc
      .constantFrom(['a', 'b'], ['nil', 'a'])
      .map(([from, to]) => ({ do: 'cas', from: from!, to: to! }) as const),
  )
  const drawn = fc.array(
    fc.record({
      input: inputs,
      from: fc.nat(20),
      lasts: fc.integer({ min: 1, max: 9 }),
      open: fc.boolean(),
      says: fc.constantFrom('nil', 'a', 'b'),
    }),
    { maxLength: 6 },
  )
  const verdicts = { true: 0, false: 0 }
  fc.assert(
    fc.property(drawn, (list) => {
      const history = list.map(({ input, from, lasts, open, says }, i): OnRegister => {
        const answered = open && i % 3 === 0 ? Number.POSITIVE_INFINITY : (from + lasts) * 10 + i + 0.5
        const output =
          answered === Number.POSITIVE_INFINITY
            ? undefined
            : input.do === 'read'
              ? says
              : input.do === 'cas'
                ? says === 'a'
                : true
        return op(`p${i}`, input, from * 10 + i, answered, output)
      })
      const expected = bySearchOfAllOrders(history)
      verdicts[`${expected}`]++
      expect(linearized(register, history).verdict).toBe(expected ? 'linearizable' : 'not linearizable')
    }),
    { numRuns: 2_000, seed: 5 },
  )
  expect(Math.min(verdicts.true, verdicts.false), 'both kinds are drawn').toBeGreaterThan(300)
})

const DATA = '../shared/data/porcupine'

describe.skipIf(!existsSync(DATA))('the histories of Porcupine', () => {
  const verdicts: Record<string, boolean> = existsSync(DATA)
    ? JSON.parse(readFileSync(`${DATA}/verdicts.json`, 'utf8'))
    : {}
  const said = ({ verdict }: Linearized<any, any>) => verdict === 'linearizable'

  test('of etcd: a register', () => {
    const files = readdirSync(`${DATA}/jepsen`)
    expect(files.length).toBeGreaterThan(40)
    for (const file of files) {
      const history = etcd(readFileSync(`${DATA}/jepsen/${file}`, 'utf8'))
      expect(said(linearized(register, history)), file).toBe(verdicts[`jepsen/${file}`])
    }
  })

  test('of key-value stores, by key', { timeout: 60_000 }, () => {
    const files = readdirSync(`${DATA}/kv`)
    expect(files.length).toBeGreaterThan(3)
    for (const file of files) {
      const history = keyValue(readFileSync(`${DATA}/kv/${file}`, 'utf8'))
      const result = linearized(storedText, history, { key: ({ key }) => key })
      expect(said(result), file).toBe(file.includes('-ok'))
      if (result.part) expect(picture(storedText, result.part)).toContain('none of these can come next')
    }
  })
})

if (!existsSync(DATA)) process.stderr.write(`The histories of Porcupine are skipped: ${DATA} is not there.\n`)

/** `INFO  jepsen.util - <process> :<invoke|ok|fail|info> :<read|write|cas> <value>` */
function etcd(text: string): OnRegister[] {
  const open = new Map<string, number>()
  const history: OnRegister[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const [, process, what, f, value] = /- (\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$/.exec(line) ?? []
    if (process === undefined) continue
    if (what === 'invoke') {
      const [from, to] = value!.replace(/[[\]]/g, '').split(' ')
      const input =
        f === 'read' ? read : f === 'write' ? write(value!) : ({ do: 'cas', from: from!, to: to! } as const)
      open.set(process, history.push(op(process, input, at, Number.POSITIVE_INFINITY)) - 1)
      continue
    }
    const index = open.get(process)!
    const { input, invoked } = history[index]!
    // An outcome that is not known stays open to the end.
    if (what === 'info' || (what === 'fail' && f === 'read')) continue
    const output = f === 'read' ? value! : f === 'cas' ? what === 'ok' : true
    history[index] = op(process, input, invoked, at, output)
  }
  return history
}

/** `{:process p, :type :invoke|:ok, :f :get|:put|:append, :key "k", :value "v"}` */
function keyValue(text: string): Operation<StoreInput, string>[] {
  const open = new Map<string, number>()
  const history: Operation<StoreInput, string>[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const found = /:process (\d+), :type :(\w+), :f :(\w+), :key "([^"]*)", :value (nil|"[^"]*")/.exec(line)
    if (found === null) continue
    const [, process, what, f, key, raw] = found as unknown as [string, string, string, 'get', string, string]
    const value = raw === 'nil' ? '' : raw.slice(1, -1)
    if (what === 'invoke') {
      const input: StoreInput = f === 'get' ? { do: f, key } : { do: f, key, value }
      open.set(process, history.push({ process, input, invoked: at, answered: Number.POSITIVE_INFINITY }) - 1)
      continue
    }
    const index = open.get(process)!
    history[index] = {
      ...history[index]!,
      answered: at,
      ...(f === 'get' ? { output: value } : { output: '' }),
    }
  }
  return history
}
