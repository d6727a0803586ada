/** A receiver of OTLP in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface Sink {
  readonly endpoint: string
  /** Spans that arrived. */
  stop(): Promise<number>
}

export async function startSink(): Promise<Sink> {
  const child = fork(new URL('../sink.ts', import.meta.url))
  const [port] = (await once(child, 'message')) as [number]
  return {
    endpoint: `http://127.0.0.1:${port}/v1/traces`,
    stop: async () => {
      child.send('stop')
      const [spans] = (await once(child, 'message')) as [number]
      await once(child, 'exit')
      return spans
    },
  }
}
