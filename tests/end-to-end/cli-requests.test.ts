/** Requests made by hand: their answers are told as they come. */
import { describe, expect, test } from 'vitest'
import { alone, emptyFolder, testbed } from './testing.ts'

const TWO = ['--request', 'p03 put colour blue @2500ms', '--request', 'p07 get colour @3000ms']

describe.concurrent('--request', { timeout: 60_000 }, () => {
  test('by the place of the fields: what was put by one process another gets', async () => {
    const args = ['kademlia', '--peers', '8', '--runtime', 'simulator', '--seed', '4', '--exit', ...TWO]
    const { code, stdout } = await testbed([...args, ...alone(emptyFolder())])
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/^ +\d+\.\d ms {2}p03 put .*copies: 3.*key: colour {2}← p03 put/m)
    expect(stdout).toMatch(/^ +\d+\.\d ms {2}p07 got .*value: blue {2}← p07 get/m)
    expect(stdout.indexOf('p03 put asked')).toBeLessThan(stdout.indexOf('p07 got'))
  })

  test('on real hosts', async () => {
    const requests = ['--request', 'p01 write blue', '--request', 'p02 read @150']
    const args = ['abd-register', '--peers', '3', '--exit', ...requests]
    const { code, stdout } = await testbed([...args, ...alone(emptyFolder())])
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/p01 ok .*value: blue {2}← p01 write/)
    expect(stdout).toMatch(/p02 ok .*value: blue {2}← p02 read/)
  })

  test('with --json they are told on standard error', async () => {
    const args = ['abd-register', '--peers', '3', '--runtime', 'simulator', '--request', 'p01 write blue']
    const { stdout, stderr } = await testbed([...args, '--json', ...alone(emptyFolder())])
    expect(stderr).toMatch(/p01 ok .*value: blue/)
    expect(() => JSON.parse(stdout)).not.toThrow()
  })

  test.for([
    ['p77 put colour blue', /there is no process p77, p00 … p07/],
    ['p03 putt colour blue', /putt is no request. kademlia knows: .*pNN put .*pNN get/],
    ['p03 put colour', /value is missing. Its form is pNN put .*key=<text ≤ 100> value=/],
    ['p03 put colour=x', /colour is not a field of put/],
    ['p03 get a b', /'b' is a word too many/],
  ] as const)('%s: usage, with what there is', async ([request, said]) => {
    const { code, stdout, stderr } = await testbed(['kademlia', '--peers', '8', '--request', request])
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toMatch(said)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
