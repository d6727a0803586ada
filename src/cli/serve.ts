/** `serve`: the viewer alone, over the runs that are there. What docker-compose runs beside Jaeger. */
import { Command } from 'commander'
import { startTraceServer } from '../trace-server/server.ts'
import { port as portNumber, quiet, usage } from './arguments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { Printer } from './print.ts'
import { VIEWER_PORT } from './start-tracing.ts'

export async function serve(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const program = quiet(new Command('npm run serve --'))
    .description('the viewer alone, over the runs that are there')
    .option(
      '--port <n>',
      `taken by another program it is an error (default: ${VIEWER_PORT}, or the next free)`,
      portNumber,
    )
    .option(
      '--host <address>',
      'the address to listen on; anything but loopback is open to others',
      '127.0.0.1',
    )
    .option('--runs <folder>', 'where runs are kept', 'runs')
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const { port, host, runs } = program.opts<{ port?: number; host: string; runs: string }>()
  const server = await startTraceServer({
    runsDir: runs,
    host,
    preferredPort: VIEWER_PORT,
    ...(port === undefined ? {} : { port }),
  })
  const printer = new Printer(process.stdout, false)
  if (server.note !== null) printer.line(server.note)
  printer.line(`The runs in ${runs} are at ${server.url} until Ctrl-C.`)
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  await server.stop()
  return EXIT.valid
}
