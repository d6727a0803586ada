/** The mesh that every run on real hosts begins with, and its channels. */
import { runOnMesh } from '../../src/runtimes/libp2p/run.ts'
import { Recorder } from '../../src/trace-format/recorder.ts'
import { runTag } from '../../src/trace-format/span-ids.ts'
import { answer, stayAwake, task } from '../answer.ts'
import { notes } from './algorithms.ts'
import { prepare, type Transport } from './traffic.ts'

const { hosts, transport, channels } = task<{ hosts: number; transport: Transport; channels: boolean }>()
stayAwake()
const beganMs = performance.now()
const { mesh, plan } = await prepare(notes(0), hosts, transport)
const meshMs = performance.now() - beganMs
let begunMs = performance.now()
let opened = 0
if (channels) {
  const recorder = new Recorder(hosts, () => {})
  const progress = (_phase: string, done: number) => {
    opened = done
  }
  const begun = () => {
    begunMs = performance.now()
  }
  await runOnMesh(mesh, { ...plan.experiment, recorder, progress }, { tag: runTag(1, 1), begun })
}
const channelsMs = begunMs - beganMs - meshMs
answer({ figures: { meshMs, channelsMs }, work: { links: mesh.linked(), channels: opened } })
