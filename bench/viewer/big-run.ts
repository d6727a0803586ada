/**
 * Makes the run that the viewer is measured with: a bank of many processes in the simulator, so many
 * messages, written straight to a run folder. Its spans are left out: two million of them would be
 * 2 GB on disk, and the viewer never reads any.
 *
 *   node bench/viewer/big-run.ts '{"folder":"runs","messages":1000000,"processes":20}'
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catalogue } from '../../src/algorithms/index.ts'
import { conduct } from '../../src/harness/conduct.ts'
import { planRun } from '../../src/harness/plan.ts'
import { simulate } from '../../src/runtimes/simulator/simulator.ts'
import { buildTopology } from '../../src/topology/topology.ts'
import { fileBlock, fileHeader } from '../../src/trace-format/block-codec.ts'
import type { Block } from '../../src/trace-format/events.ts'

export interface BigRun {
  readonly folder: string // that runs are kept in
  readonly messages: number
  readonly processes: number
}

const SEED = 1
const TAG = '0000000000000001'

/** Its id. */
export async function makeBigRun({ folder, messages, processes }: BigRun): Promise<string> {
  const loaded = await catalogue.bank!()
  const { entry } = loaded
  if ('over' in entry) throw new Error('the bank runs upon nothing')
  const spendings = Math.ceil(messages / processes)
  const plan = planRun({
    entry,
    // Nobody runs out of tokens, or fewer messages would be sent.
    options: { opening: 100 * spendings, spendings, everyMs: 10 },
    topology: buildTopology('complete', processes, SEED),
    runtime: 'simulator',
    seed: SEED,
    broken: [],
    requests: [],
  })
  const id = `bank-${processes}-processes-${messages}-messages`
  mkdirSync(join(folder, id), { recursive: true })
  const file = openSync(join(folder, id, 'events.bin'), 'w')
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
  }
  write(fileHeader())
  const command = `node bench/viewer/big-run.ts '${JSON.stringify({ folder: 'runs', messages, processes })}'`
  const identity = { id, tag: TAG, runtime: 'simulator', peerIds: [], command }
  const { run, outcome } = await conduct(
    plan,
    identity,
    async (experiment, { begun }) => {
      begun(0)
      return simulate(experiment)
    },
    { begin: () => {}, block: (block: Block) => write(fileBlock(block)) },
  )
  closeSync(file)
  writeFileSync(join(folder, id, 'run.json'), `${JSON.stringify({ run, outcome }, null, 1)}\n`)
  return id
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await makeBigRun(JSON.parse(process.argv[2] ?? '{}'))}\n`)
}
