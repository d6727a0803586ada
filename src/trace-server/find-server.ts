/** Whether a trace server of ours, of the same format, listens at an address. */
import { ABOUT } from './about.ts'

/** On loopback an answer takes about a millisecond; who needs longer is not worth a run's waiting. */
const TIMEOUT_MS = 1_000
const ANSWER_MAX = 10_000 // bytes

const NOBODY_THERE = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']

/** `other`: something listens, but it is another program, of another format, or it does not answer. */
export async function findServer(url: string, timeoutMs = TIMEOUT_MS): Promise<'ours' | 'other' | 'absent'> {
  try {
    const response = await fetch(new URL('/api/about', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return response.ok && isOurs(JSON.parse(await beginningOf(response))) ? 'ours' : 'other'
  } catch (error) {
    return nobodyListens(error) ? 'absent' : 'other'
  }
}

/** Another program may answer without end. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > ANSWER_MAX) break // leaving the loop cancels the body
  }
  return text
}

function isOurs(about: unknown): boolean {
  if (typeof about !== 'object' || about === null) return false
  const { name, format } = about as Record<string, unknown>
  return name === ABOUT.name && format === ABOUT.format
}

function nobodyListens(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return NOBODY_THERE.includes(String(code))
}
