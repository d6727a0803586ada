import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { NOTES_MAX } from '../trace-format/run.ts'
import { runOf } from '../trace-format/testing.ts'
import { attachRun } from './attached-run.ts'
import { ask, outcomeOf, postJson, serverFor } from './testing.ts'

const NOTES = '# Ping–pong\n\n<script>alert(1)</script> [x](javascript:alert(1))\n'

it('the notes of a run are kept beside its record and given as they are, as Markdown', async () => {
  const { url, store } = await serverFor()
  const writer = store.begin(runOf(2, { notes: NOTES }))
  const during = await ask(`${url}/api/runs/by-hand/notes`)
  expect(during).toMatchObject({ status: 200, text: NOTES })
  expect(during.headers).toMatchObject({
    'content-type': 'text/markdown; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  })
  writer.end(outcomeOf(), [])
  expect((await ask(`${url}/api/runs/by-hand/notes`)).text).toBe(NOTES)
  expect(store.record('by-hand')!.run).toEqual(runOf(2))
  expect(readFileSync(join(writer.folder, 'run.json'), 'utf8')).not.toContain('alert')
  expect(store.remove('by-hand')).toBe(true)
  expect(existsSync(writer.folder)).toBe(false)
})

it('come with an attached run too, and are refused when they are no page', async () => {
  const { url, store } = await serverFor()
  const run = await attachRun(url, runOf(2, { notes: NOTES }))
  await run.end(outcomeOf(), [])
  expect((await ask(`${url}/api/runs/by-hand/notes`)).text).toBe(NOTES)
  for (const notes of [7, null, [NOTES], 'x'.repeat(NOTES_MAX + 1)]) {
    const answer = await postJson(`${url}/api/runs`, { ...runOf(2), id: 'odd', notes })
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('notes') })
  }
  expect(store.list()).toHaveLength(1)
})

it('are 204 where a run has none or they lead elsewhere, 404 where there is no such run', async () => {
  const { url, store } = await serverFor()
  const { folder } = store.begin(runOf(2))
  const notes = `${url}/api/runs/by-hand/notes`
  expect(await ask(notes)).toMatchObject({ status: 204, text: '' })
  for (const id of ['none', 'A', '..%2fby-hand', '%00', '..']) {
    expect(await ask(`${url}/api/runs/${id}/notes`), id).toMatchObject({ status: 404 })
  }
  symlinkSync('/etc/hostname', join(folder, 'notes.md'))
  expect(await ask(notes)).toMatchObject({ status: 204, text: '' })
  expect(await ask(notes, { headers: { Host: 'evil.test' } })).toMatchObject({
    status: 421,
  })
})
