/**
 * Refuses what the tracing thread could not do, before anything is started or
 * printed: the thread would say it too, but a host or two later.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../lib/usage-error.ts'
import type { General } from './arguments.ts'
import { attachTo, endpointOf } from './start-tracing.ts'

export async function checkOutlets({
  otlp,
  runs,
  port,
}: Pick<General, 'runs' | 'port' | 'otlp'>): Promise<void> {
  endpointOf(otlp)
  attachTo()
  const wrong = folderWrong(resolve(runs))
  if (wrong !== null) throw new UsageError(`--runs ${runs}: ${wrong}; name a folder that can be written`)
  if (port !== undefined && port !== 0) await checkPort(port)
}

/** Looks at the folder, or at the first one above it that is there. */
function folderWrong(folder: string): string | null {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`
    accessSync(folder, constants.W_OK)
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const above = dirname(folder)
    if ((code === 'ENOENT' || code === 'ENOTDIR') && above !== folder) return folderWrong(above)
    return message
  }
}

function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'another program has it' : message
      reject(new UsageError(`--port ${port}: ${why}; name another, or leave it out and a free one is taken`))
    })
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}
