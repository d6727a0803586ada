import type { ChildProcess } from 'node:child_process'

/** The first line of a process's output that fits a pattern; rejects when it ends before. */
export function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const line = text.split('\n').find((candidate) => pattern.test(candidate))
    if (line !== undefined) resolve(line)
  })
  child.on('error', reject)
  child.on('close', (code) => reject(new Error(`it ended with ${code} before it said ${pattern}: ${text}`)))
  return promise
}
