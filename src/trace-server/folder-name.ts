/**
 * Names of run folders. A name from outside becomes a path, so it is taken only
 * in this one form: nothing to escape with, no dot, no separator, and the same
 * on a file system that does not tell capitals apart.
 */
const FOLDER_NAME = /^[a-z0-9][a-z0-9-]{0,80}$/

export const isFolderName = (text: unknown): text is string =>
  typeof text === 'string' && FOLDER_NAME.test(text)

/** `otlp-20260131-235959-1`: the run of a foreign program, named by when it was first heard of (UTC). */
export function foreignName(atMs: number, number: number): string {
  const [day, time] = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return `otlp-${day}-${time}-${number}`
}
