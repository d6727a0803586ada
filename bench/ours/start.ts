/** From the start of the command line to a mesh that is verified at both ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answer, task } from '../answer.ts'
import { lineOf } from '../line-of.ts'

const { hosts } = task<{ hosts: number }>()
const testbed = fileURLToPath(new URL('../../bin/testbed.js', import.meta.url))
const runs = mkdtempSync(join(tmpdir(), 'p2p-bench-'))
const options = ['ping-pong', '--peers', `${hosts}`, '--topology', 'complete', '--seed', '1', '--exit']
const outlets = ['--port', '0', '--no-otlp', '--no-progress', '--runs', runs]
const beganMs = performance.now()
const child = spawn(process.execPath, [testbed, ...options, ...outlets], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const exited = once(child, 'exit')
const line = await lineOf(child, /links up at both ends/)
const ms = performance.now() - beganMs
await exited
rmSync(runs, { recursive: true, force: true })
answer({ figures: { ms }, work: { links: Number(/(\d+) of \d+ links/.exec(line)![1]) } })
