import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../lib/usage-error.ts'
import { decodeOtlpJson } from '../trace-format/otlp-json.ts'
import type { RunDescription } from '../trace-format/run.ts'
import { SpanDeriver } from '../trace-format/spans.ts'
import { runOf } from '../trace-format/testing.ts'
import { derivedLines } from './derived-spans.ts'
import { writeAll } from './growing-file.ts'
import { RunStore, type StoreOptions } from './run-store.ts'
import { outcomeOf, pingPong, temporaryFolder } from './testing.ts'

function keepOne(store: RunStore, changes: Partial<RunDescription> = {}): void {
  const writer = store.begin(runOf(2, changes))
  for (const block of pingPong().blocks) writer.append(block)
  writer.end(outcomeOf(), [])
}

function spansMade(): number {
  const deriver = new SpanDeriver(runOf(2))
  const { blocks } = pingPong()
  return [...blocks.flatMap((block) => [...deriver.spans(block)]), ...deriver.finish()].length
}

describe('a kept run', () => {
  it('comes back as it was: description, outcome, history, spans', () => {
    const store = RunStore.open(temporaryFolder())
    const sink = {
      sink: 'jaeger',
      where: 'http://x',
      made: 3,
      accepted: 1,
      refused: 1,
      dropped: 1,
      note: 'slow',
    }
    const writer = store.begin(runOf(2))
    const { blocks } = pingPong()
    for (const block of blocks) writer.append(block)
    writer.end(outcomeOf(), [sink])

    expect(store.blocks('by-hand')).toEqual(blocks)
    const made = spansMade()
    const own = { sink: 'viewer', where: writer.folder, made, accepted: made, refused: 0, dropped: 0 }
    expect(store.record('by-hand')).toEqual({ run: runOf(2), outcome: outcomeOf(), sinks: [own, sink] })
    const lines = [...derivedLines(runOf(2), store.open('by-hand')!)]
    expect(lines.flatMap((line) => decodeOtlpJson(JSON.parse(line)).spans)).toHaveLength(made)
    expect(writer).toMatchObject({ made, accepted: made, note: null })
  })

  it('is shown after a restart; one without an outcome as interrupted', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    keepOne(store, { id: 'old', startedAtMs: 1_000 })
    store.begin(runOf(2, { id: 'new', startedAtMs: 2_000 })).append(pingPong().blocks[0]!)
    expect(store.list().map(({ id, state, events }) => [id, state, events])).toEqual([
      ['new', 'running', 4],
      ['old', 'finished', 11],
    ])
    const again = RunStore.open(dir)
    expect(again.list().map(({ id, state }) => [id, state])).toEqual([
      ['new', 'interrupted'],
      ['old', 'finished'],
    ])
    expect(again.blocks('new')).toEqual([pingPong().blocks[0]])
    store.close()
  })

  it('reads back up to its last whole block when its writer was killed', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    const writer = store.begin(runOf(2))
    for (const block of pingPong().blocks) writer.append(block)
    truncateSync(
      join(writer.folder, 'events.bin'),
      readFileSync(join(writer.folder, 'events.bin')).length - 3,
    )
    const history = RunStore.open(dir).history('by-hand')
    expect(history).toEqual({ blocks: pingPong().blocks.slice(0, 2), why: null, cutOff: true })
    writer.abandon()
  })
})

describe('damage', () => {
  it('is told of its folder and of no other', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    keepOne(store, { id: 'sound' })
    for (const id of ['half-record', 'odd-record', 'no-events', 'bad-events', 'cut-events'])
      keepOne(store, { id })
    writeFileSync(join(dir, 'half-record', 'run.json'), '{"run":{')
    writeFileSync(join(dir, 'odd-record', 'run.json'), '{"run":{"processes":"many"}}')
    writeFileSync(join(dir, 'no-events', 'events.bin'), '')
    writeFileSync(join(dir, 'bad-events', 'events.bin'), 'not what you think')
    const cut = join(dir, 'cut-events', 'events.bin')
    truncateSync(cut, readFileSync(cut).length - 1)
    mkdirSync(join(dir, 'empty'))
    mkdirSync(join(dir, 'Not A Run'))
    symlinkSync('/', join(dir, 'link'))

    expect(store.blocks('bad-events')).toEqual([])
    expect(store.blocks('half-record')).toEqual([])
    expect(store.blocks('cut-events')).toHaveLength(2)
    const states = Object.fromEntries(store.list().map(({ id, state, why }) => [id, `${state} ${why}`]))
    expect(states).toMatchObject({
      sound: 'finished null',
      'half-record': 'damaged run.json is not JSON',
      'odd-record': expect.stringContaining('damaged run.json: format'),
      'bad-events': expect.stringContaining('damaged events.bin'),
      'no-events': expect.stringContaining('damaged events.bin'),
      empty: 'damaged there is no run.json',
    })
    expect(Object.keys(states)).not.toContain('link')
    expect(Object.keys(states)).toHaveLength(7)
  })

  it('within a finished history is shown once somebody looked', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    keepOne(store)
    const path = join(dir, 'by-hand', 'events.bin')
    truncateSync(path, readFileSync(path).length - 1)
    store.history('by-hand')
    expect(store.list()[0]).toMatchObject({ state: 'damaged', why: 'events.bin ends within a block' })
  })

  it('is not followed out of the folder', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    keepOne(store)
    writeFileSync(join(dir, 'secret'), 'secret')
    symlinkSync(join(dir, 'secret'), join(dir, 'by-hand', 'notes.md'))
    expect(store.file('by-hand', 'notes.md')).toBeNull()
    expect(store.file('by-hand', 'events.bin')).toBe(join(dir, 'by-hand', 'events.bin'))
  })

  it('does not let a block name a process that is not there', () => {
    const dir = temporaryFolder()
    const store = RunStore.open(dir)
    keepOne(store)
    const path = join(dir, 'by-hand', 'run.json')
    const one = { processes: ['p00'], peerIds: [] }
    const record = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...record, run: { ...record.run, ...one } }))
    expect(store.history('by-hand')).toMatchObject({ blocks: [], why: expect.stringContaining('process') })
  })
})

describe('names', () => {
  it.each([
    '',
    '../x',
    '../../x',
    'a/b',
    'a\\b',
    '.',
    '..',
    '.hidden',
    '-a',
    'A',
    'a.b',
    'a\0',
    'ä',
    'a'.repeat(82),
  ])('that lead out of the folder, or are odd, are refused: %j', (id) => {
    const dir = temporaryFolder()
    const store = RunStore.open(join(dir, 'runs'))
    expect(store.refusal(id)).toBe('malformed')
    expect(() => store.begin(runOf(2, { id }))).toThrow(UsageError)
    expect([store.record(id), store.summary(id), store.file(id, 'run.json')]).toEqual([null, null, null])
    expect(store.blocks(id)).toEqual([])
    expect(store.remove(id)).toBe(false)
  })

  it('that are taken are refused, whether the run goes on or is over', () => {
    const store = RunStore.open(temporaryFolder())
    const writer = store.begin(runOf(2))
    expect(store.refusal('by-hand')).toBe('taken')
    writer.end(outcomeOf(), [])
    expect(() => store.begin(runOf(2))).toThrow(UsageError)
  })
})

describe('a disk that refuses', () => {
  const fullAfter = (bytes: number): StoreOptions => {
    let left = bytes
    return {
      write: (fd, piece) => {
        const fits = piece.subarray(0, Math.max(0, left))
        writeAll(fd, fits)
        left -= piece.length
        if (left < 0) throw new Error('ENOSPC: no space left on device, write')
      },
    }
  }

  it.each(Array.from({ length: 60 }, (_, i) => i * 10))(
    'does not stop the run; what is not stored is counted (%i bytes free)',
    (free) => {
      const dir = temporaryFolder()
      const store = RunStore.open(dir, fullAfter(free))
      const writer = store.begin(runOf(2))
      for (const block of pingPong().blocks) writer.append(block)
      writer.end(outcomeOf(), [])

      const own = store.record('by-hand')!.sinks![0]!
      expect(own.made).toBe(spansMade())
      expect(own.made).toBe(own.accepted + own.refused + own.dropped)
      expect(own.dropped).toBeGreaterThan(0)
      expect(own.note).toContain('ENOSPC')
      const { blocks, cutOff } = store.history('by-hand')
      expect(blocks).toEqual(pingPong().blocks.slice(0, blocks.length))
      const derived = [...derivedLines(runOf(2), store.open('by-hand')!)]
      const spans = derived.flatMap((line) => decodeOtlpJson(JSON.parse(line)).spans)
      if (blocks.length > 0) expect(spans).toHaveLength(own.accepted)
      else expect(own.accepted).toBe(0)
      expect(cutOff).toBe(free < 8) // the length of the file's header
    },
  )

  it('from the beginning is counted too', () => {
    const dir = join(temporaryFolder(), 'runs')
    const store = RunStore.open(dir)
    rmdirSync(dir)
    writeFileSync(dir, 'a file where the folder was')
    const writer = store.begin(runOf(2))
    for (const block of pingPong().blocks) writer.append(block)
    writer.end(outcomeOf(), [])
    expect(writer).toMatchObject({ made: spansMade(), accepted: 0, note: expect.stringContaining('ENOTDIR') })
  })

  it('does not write over a run that another process began at the same moment', () => {
    const dir = temporaryFolder()
    const theirs = join(dir, 'by-hand')
    const store = RunStore.open(dir)
    const refusal = store.refusal.bind(store)
    store.refusal = (id) => {
      const answer = refusal(id)
      mkdirSync(theirs)
      writeFileSync(join(theirs, 'run.json'), 'theirs')
      return answer
    }
    const writer = store.begin(runOf(2))
    writer.end(outcomeOf(), [])
    expect(readFileSync(join(theirs, 'run.json'), 'utf8')).toBe('theirs')
    expect(writer.note).toContain('EEXIST')
  })

  it('is a usage error when no run could be kept at all', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => RunStore.open(file)).toThrow(UsageError)
    expect(() => RunStore.open(join(file, 'runs'))).toThrow(/--runs/)
  })
})

describe('retention', () => {
  it('removes the oldest finished runs by count, never the one being written', () => {
    const store = RunStore.open(temporaryFolder(), { keep: { runs: 2, bytes: Number.MAX_SAFE_INTEGER } })
    const going = store.begin(runOf(2, { id: 'going', startedAtMs: 1 }))
    for (const startedAtMs of [2, 3, 4]) keepOne(store, { id: `run-${startedAtMs}`, startedAtMs })
    expect(store.list().map(({ id }) => id)).toEqual(['run-4', 'going'])
    going.abandon()
  })

  it('removes by bytes', () => {
    const store = RunStore.open(temporaryFolder(), { keep: { runs: 100, bytes: 8_000 } })
    for (const startedAtMs of [1, 2, 3, 4, 5, 6]) keepOne(store, { id: `run-${startedAtMs}`, startedAtMs })
    const left = store.list()
    expect(left.length).toBeGreaterThan(0)
    expect(left.length).toBeLessThan(6)
    expect(left[0]!.id).toBe('run-6')
    expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(8_000)
  })

  it('keeps the newest run, however large', () => {
    const store = RunStore.open(temporaryFolder(), { keep: { runs: 1, bytes: 1 } })
    for (const startedAtMs of [1, 2]) keepOne(store, { id: `run-${startedAtMs}`, startedAtMs })
    expect(store.list().map(({ id }) => id)).toEqual(['run-2'])
  })

  it('leaves alone what is no run, and files that are not of a run', () => {
    const dir = temporaryFolder()
    mkdirSync(join(dir, 'thesis'))
    writeFileSync(join(dir, 'thesis', 'chapter'), 'all of it')
    const store = RunStore.open(dir, { keep: { runs: 1, bytes: 1 } })
    keepOne(store, { id: 'first', startedAtMs: 1 })
    writeFileSync(join(dir, 'first', 'my-notes'), 'mine')
    keepOne(store, { id: 'second', startedAtMs: 2 })
    expect(existsSync(join(dir, 'thesis', 'chapter'))).toBe(true)
    expect(existsSync(join(dir, 'first', 'my-notes'))).toBe(true)
    expect(existsSync(join(dir, 'first', 'run.json'))).toBe(false)
  })

  it('takes an interrupted run only when it is quiet for long: another process may be writing it', () => {
    const dir = temporaryFolder()
    for (const id of ['busy', 'quiet', 'newest'])
      RunStore.open(dir).begin(runOf(2, { id, startedAtMs: id.length }))
    const longAgo = new Date(Date.now() - 10 * 3_600_000)
    utimesSync(join(dir, 'quiet', 'events.bin'), longAgo, longAgo)
    const store = RunStore.open(dir, { keep: { runs: 0, bytes: 0 } })
    store.makeRoom()
    expect(store.list().map(({ id }) => id)).toEqual(['newest', 'busy'])
  })
})
