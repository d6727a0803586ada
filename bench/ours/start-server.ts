/** The trace server in a process of its own, as `npm run serve` starts it, over an empty folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lineOf } from '../line-of.ts'

const TESTBED = fileURLToPath(new URL('../../bin/testbed.js', import.meta.url))

export async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const runs = mkdtempSync(join(tmpdir(), 'p2p-bench-'))
  const args = [TESTBED, 'serve', '--port', '0', '--runs', runs]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await lineOf(child, /http:\/\/\S+/)
  return {
    url: /http:\/\/\S+/.exec(line)![0],
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      rmSync(runs, { recursive: true, force: true })
    },
  }
}
