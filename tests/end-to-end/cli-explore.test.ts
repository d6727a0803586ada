/** `explore` as it is typed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alone, emptyFolder, Running, testbed } from './testing.ts'

test('holds in all reachable states', async () => {
  const { code, stdout } = await testbed(['explore', 'chang-roberts', '--topology', 'ring', '--no-progress'])
  expect(code).toBe(0)
  expect(stdout).toContain('MAXIMUM  holds in all reachable states')
  expect(stdout).toMatch(/259 distinct states, 469 generated, depth 12/)
})

test('a shortest counterexample is saved, and replayed breaks the same promise', async () => {
  const file = join(emptyFolder(), 'broken.json')
  const args = ['explore', 'chang-roberts', '--topology', 'ring', '--loss', '--save', file, '--json']
  const { code, stdout, stderr } = await testbed(args)
  expect(code).toBe(1)
  const { properties } = JSON.parse(stdout)
  const broken = properties.find(({ property }: { property: string }) => property === 'TERMINATION')
  expect(broken.names).toEqual(['p00 asked {"type":"elect"}', 'lose p00>p01:election#0'])
  expect(stderr).toContain(`replay ${file}`)
  expect(JSON.parse(readFileSync(file, 'utf8')).steps).toHaveLength(2)
  const replayed = await testbed(['replay', file, '--exit', ...alone(emptyFolder())])
  expect(replayed.stdout).toMatch(/violated +TERMINATION/)
  expect(replayed.code).toBe(1)
})

test('a limit leaves it unknown, with the counts so far', async () => {
  const { code, stdout } = await testbed(['explore', 'lamport-mutex', '--states-max', '500', '--no-progress'])
  expect(code).toBe(2)
  expect(stdout).toContain('the limit on states is reached')
  expect(stdout).toMatch(/50\d distinct states/)
})

test('what reads its clock is refused by name, and what cannot be is a mistake', async () => {
  const clock = await testbed(['explore', 'ping-pong'])
  expect([clock.code, clock.stderr]).toEqual([
    64,
    expect.stringContaining('ping-pong cannot be explored: p00 reads'),
  ])
  const scope = await testbed(['explore', 'heartbeat'])
  expect([scope.code, scope.stderr]).toEqual([64, expect.stringContaining('heartbeat has no small scope')])
  expect((await testbed(['explore', 'chang-roberts', '--channels', 'lifo'])).code).toBe(64)
  expect((await testbed(['explore'])).code).toBe(64)
})

test('Ctrl-C gives what was found so far', async () => {
  const running = new Running(['explore', 'abd-register', '--crashes', '1'])
  await running.seen(/every schedule of 3 processes/)
  running.signal('SIGINT')
  const { code, stdout } = await running.ended
  expect(code).toBe(130)
  expect(stdout).toMatch(/\d+ distinct states/)
  expect(stdout).toMatch(/interrupted: \d+ states were found and not gone on from/)
})
