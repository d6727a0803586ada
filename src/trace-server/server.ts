/**
 * Starts the trace server. It prefers one port, so that a bookmark holds, and
 * gives way when another program has it; a port that was asked for by number
 * is taken or the run does not begin.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../lib/usage-error.ts'
import { type AppOptions, traceApp } from './app.ts'
import type { Keep } from './retention.ts'
import { reason } from './run-folder.ts'
import { RunStore } from './run-store.ts'

export { findServer } from './find-server.ts'

/** That of the original testbed's viewer. */
export const PREFERRED_PORT = 8700

const PORTS_TRIED = 50
const GRACE_MS = 500 // for requests that are being answered when the server stops

export interface ServerOptions extends AppOptions {
  readonly runsDir: string
  readonly host?: string
  readonly port?: number // this and no other; 0 for any
  readonly preferredPort?: number
  readonly keep?: Keep
}

export interface TraceServer {
  readonly url: string
  readonly port: number
  readonly store: RunStore
  readonly note: string | null // what the operator should know of the port
  stop(): Promise<void>
}

export async function startTraceServer(options: ServerOptions): Promise<TraceServer> {
  const { runsDir, host = '127.0.0.1', port, preferredPort = PREFERRED_PORT, keep } = options
  const store = RunStore.open(runsDir, keep === undefined ? {} : { keep })
  const hosts = [...(options.hosts ?? []), bracketed(host)]
  const { app, endStreams, close } = traceApp(store, { ...options, hosts })
  const server = createServer(app)
  const taken =
    port === undefined ? await listenNear(server, preferredPort, host) : await listenAt(server, port, host)
  const url = `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : bracketed(host)}:${taken}`
  const moved = port === undefined && taken !== preferredPort
  return {
    url,
    port: taken,
    store,
    note: moved ? `Port ${preferredPort} is held by another program; the trace server is at ${url}.` : null,
    stop: async () => {
      await endStreams() // before the server's own end, which takes an ended answer for one that arrived
      await stopped(server)
      close()
      store.close()
    },
  }
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host)

async function listenAt(server: Server, port: number, host: string): Promise<number> {
  try {
    return await listen(server, port, host)
  } catch (error) {
    const why =
      codeOf(error) === 'EADDRINUSE' ? 'is held by another program' : `cannot be had (${reason(error)})`
    throw new UsageError(
      `Port ${port} of ${host} ${why}; name another with --port, or leave it out and a free one is taken.`,
    )
  }
}

async function listenNear(server: Server, preferred: number, host: string): Promise<number> {
  for (let port = preferred; port < preferred + PORTS_TRIED && port <= 65_535; port++) {
    try {
      return await listen(server, port, host)
    } catch (error) {
      if (!['EADDRINUSE', 'EACCES'].includes(String(codeOf(error)))) return listenAt(server, 0, host)
    }
  }
  return listenAt(server, 0, host)
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

function listen(server: Server, port: number, host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.once('error', reject)
  server.listen(port, host, () => {
    server.off('error', reject)
    resolve((server.address() as AddressInfo).port)
  })
  return promise
}

/** Idle connections are closed at once; what is being answered gets a moment; then nothing is waited for. */
function stopped(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  server.close(() => {
    clearTimeout(grace)
    resolve()
  })
  return promise
}
