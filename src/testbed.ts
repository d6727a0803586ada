/** The command line: arguments → experiment → verdict → exit code. */
import { CommanderError } from 'commander'
import { compare } from './cli/compare.ts'
import { EXIT, type ExitCode } from './cli/exit-codes.ts'
import { exploreCommand } from './cli/explore.ts'
import { list } from './cli/list.ts'
import { newModule } from './cli/new.ts'
import { prepare } from './cli/prepare.ts'
import { replay } from './cli/replay.ts'
import { run } from './cli/run.ts'
import { serve } from './cli/serve.ts'
import { sweep } from './cli/sweep.ts'

/** Stopping hosts and waiting for a slow sink takes seconds; whoever pressed Ctrl-C should hear of it. */
const PATIENCE_MS = 1_000

/** Runs a command line to its end; sets the exit code, and ends the process only on a second Ctrl-C. */
export async function main(argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController()
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
    interrupt.abort(new Error('interrupted'))
    setTimeout(() => say(EXIT.interrupted, 'stopping; Ctrl-C once more ends at once'), PATIENCE_MS).unref()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  process.stdout.on('error', readerGone)
  try {
    process.exitCode = await dispatch(argv, interrupt.signal)
  } catch (error) {
    process.exitCode = explain(error, interrupt.signal)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

/** Who read the output has gone, as `| head` does: there is nobody left to tell the verdict to. */
function readerGone(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.interrupted)
}

async function dispatch(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [verb, ...rest] = argv
  switch (verb) {
    case 'list':
      await list(rest)
      return EXIT.valid
    case 'serve':
      return serve(rest, signal)
    case 'new':
      return newModule(rest)
    case 'compare':
      return compare(rest, signal)
    case 'explore':
      return exploreCommand(rest, signal)
    case 'replay':
      return replay(rest, signal)
    case 'sweep':
      return sweep(rest, signal)
    case 'help':
      return run(await prepare([...rest, '--help']), signal) // prints it and throws
    default:
      return run(await prepare(argv), signal)
  }
}

/** Says what went wrong, in the words of whose mistake it is, and how that ends the process. */
function explain(error: unknown, signal: AbortSignal): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.valid // help was printed
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (name === 'UsageError') return say(EXIT.usage, message)
  if (signal.aborted) return say(EXIT.interrupted, 'interrupted before the verdict')
  if (name === 'Unavailable') return say(EXIT.unavailable, message)
  return say(
    EXIT.bug,
    `this is a bug of the testbed, or of the algorithm that ran: ${message}\n${firstStack(error)}`,
  )
}

/** Where it began: the stack of the innermost cause. */
function firstStack(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return error.cause instanceof Error ? firstStack(error.cause) : (error.stack ?? '')
}

function say(code: ExitCode, text: string): ExitCode {
  process.stderr.write(`${text}\n`)
  return code
}
