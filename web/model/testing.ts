/** Runs for tests: little ones written by hand, random ones, and one of the real thing. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { Prng } from '../../src/lib/prng.ts'
import { readEventsFile } from '../../src/trace-format/block-codec.ts'
import { type Block, KIND, NOBODY } from '../../src/trace-format/events.ts'
import { Recorder } from '../../src/trace-format/recorder.ts'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { type Hand, runOf } from '../../src/trace-format/testing.ts'
import { RunData } from './run-data.ts'

export const dataOf = (hand: Hand, processes: number): RunData =>
  RunData.of({ run: runOf(processes) }, hand.flush().blocks)

/** What a random history is made of: numbers that choose a process, and what it does. */
export interface Choice {
  readonly act: 'send' | 'deliver' | 'lose' | 'duplicate' | 'alone'
  readonly process: number
  readonly which: number
}

export const choices = fc.array(
  fc.record({
    act: fc.constantFrom<Choice['act']>('send', 'send', 'deliver', 'deliver', 'lose', 'duplicate', 'alone'),
    process: fc.nat(),
    which: fc.nat(),
  }),
  { maxLength: 60 },
)

interface OnItsWay {
  readonly from: number
  readonly to: number
  readonly number: number
  readonly at: number
  readonly lamport: number
}

export interface Made {
  readonly data: RunData
  readonly edges: readonly (readonly [number, number])[] // direct causes: process order, and messages
  readonly onTheirWay: number // messages at the end
}

/** A history from choices, with the edges of happened-before as they came to be. */
export function historyOf(processes: number, made: Iterable<Choice>, stepNs = 1_000): Made {
  const blocks: Block[] = []
  const recorder = new Recorder(processes, (block) => blocks.push(block))
  const edges: [number, number][] = []
  const lastOf = new Array<number>(processes).fill(-1)
  const numbers = new Array<number>(processes).fill(0)
  const onTheirWay: OnItsWay[] = []
  let timeNs = 0
  const add = (kind: keyof typeof KIND, process: number, text = '', peer = NOBODY, number = 0, seen = 0) => {
    timeNs += stepNs
    const at = recorder.add(KIND[kind], process, timeNs, timeNs, text, peer, number, 0, seen)
    if (lastOf[process] !== -1) edges.push([lastOf[process]!, at])
    lastOf[process] = at
    return at
  }
  for (const { act, process: chosen, which } of made) {
    const process = chosen % processes
    if (act === 'alone') add('timeout', process, '{"type":"tick"}')
    if (act === 'send') {
      const to = which % processes
      const number = numbers[process]!++
      const at = add('send', process, `{"type":"${which % 2 === 0 ? 'a' : 'b'}"}`, to, number)
      onTheirWay.push({ from: process, to, number, at, lamport: recorder.lamportOf(process) })
    }
    if (act === 'send' || act === 'alone' || onTheirWay.length === 0) continue
    const index = which % onTheirWay.length
    const message = onTheirWay[index]!
    if (act === 'duplicate') {
      add('duplicate', message.from, '', message.to, message.number)
      onTheirWay.push(message)
      continue
    }
    onTheirWay.splice(index, 1)
    if (act === 'lose') add('lost', message.from, '"test"', message.to, message.number)
    else {
      const at = add('deliver', message.to, '', message.from, message.number, message.lamport)
      edges.push([message.at, at])
    }
  }
  recorder.flush()
  return { data: RunData.of({ run: runOf(processes) }, blocks), edges, onTheirWay: onTheirWay.length }
}

/** A long history, as random as its seed. */
export function longHistory(events: number, processes: number, seed: number): Made {
  const prng = new Prng(seed, 'history')
  const made = Array.from({ length: events }, (): Choice => {
    const act = prng.pick(['send', 'deliver', 'deliver', 'alone', 'send'] as const)
    return { act, process: prng.below(processes), which: prng.below(1_000_000) }
  })
  return historyOf(processes, made)
}

export interface RealRun {
  readonly record: RunRecord
  readonly blocks: readonly Block[]
  readonly data: RunData
}

/** Runs the testbed itself, in virtual time, and reads what it wrote. */
export async function realRun(...args: readonly string[]): Promise<RealRun> {
  const runs = await mkdtemp(join(tmpdir(), 'viewer-'))
  try {
    const always = ['--runtime', 'simulator', '--exit', '--no-otlp', '--port', '0', '--runs', runs]
    await promisify(execFile)(process.execPath, ['bin/testbed.js', ...args, ...always])
    const [name] = await readdir(runs)
    const record = JSON.parse(await readFile(join(runs, name!, 'run.json'), 'utf8')) as RunRecord
    const { blocks } = readEventsFile(await readFile(join(runs, name!, 'events.bin')))
    return { record, blocks, data: RunData.of(record, blocks) }
  } finally {
    await rm(runs, { recursive: true })
  }
}
