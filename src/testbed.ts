/** The command line: arguments → experiment → verdict → exit code. */
import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './cli/exit-codes.ts'
import { list } from './cli/list.ts'
import { newModule } from './cli/new.ts'
import { prepare } from './cli/prepare.ts'
import { Printer } from './cli/print.ts'
import { run } from './cli/run.ts'
import { serve } from './cli/serve.ts'

/** Runs a command line to its end; sets the exit code, and ends the process only on a second Ctrl-C. */
export async function main(argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController()
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
    interrupt.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    process.exitCode = await dispatch(argv, interrupt.signal)
  } catch (error) {
    process.exitCode = explain(error, interrupt.signal)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

async function dispatch(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [verb, ...rest] = argv
  switch (verb) {
    case 'list':
      await list(new Printer(process.stdout, false))
      return EXIT.valid
    case 'serve':
      return serve(rest, signal)
    case 'new':
      return newModule(rest)
    default:
      return run(await prepare(argv), signal)
  }
}

/** Says what went wrong, in the words of whose mistake it is, and how that ends the process. */
function explain(error: unknown, signal: AbortSignal): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.valid // help was printed
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  if (name === 'UsageError') return say(EXIT.usage, message)
  if (signal.aborted) return say(EXIT.interrupted, 'interrupted before the verdict')
  if (name === 'Unavailable') return say(EXIT.unavailable, message)
  const cause = error instanceof Error && error.cause instanceof Error ? `\n${error.cause.stack}` : ''
  return say(EXIT.bug, `this is a bug of the testbed, or of the algorithm that ran: ${stack}${cause}`)
}

function say(code: ExitCode, text: string): ExitCode {
  process.stderr.write(`${text}\n`)
  return code
}
