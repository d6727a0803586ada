/** What the server says of itself: by this another process tells it from other programs. */
import { readFileSync } from 'node:fs'
import { FORMAT_VERSION } from '../trace-format/run.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>

export const ABOUT = { name: 'p2p-testbed', format: FORMAT_VERSION, version: String(version) } as const
