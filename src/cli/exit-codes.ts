/**
 * How the command ends; the first three are verdicts, the others from sysexits.h and the shell's
 * 128 + SIGINT.
 */
export const EXIT = {
  valid: 0,
  violated: 1,
  unknown: 2, // a limit struck first, a judge gave up
  usage: 64, // the operator's mistake
  unavailable: 69, // the machine would not: a port asked for, a link, the disk
  bug: 70, // ours
  interrupted: 130, // before the verdict
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code of several runs together: any violation, else any doubt. */
export function exitOf(verdicts: readonly string[]): ExitCode {
  if (verdicts.includes('violated')) return EXIT.violated
  return verdicts.every((verdict) => verdict === 'valid') ? EXIT.valid : EXIT.unknown
}
