import { Command } from 'commander'
import { catalogue } from '../algorithms/index.ts'
import { quiet, usage } from './arguments.ts'
import { Printer } from './print.ts'

/** Prints the catalogue. */
export async function list(argv: readonly string[]): Promise<void> {
  const program = quiet(new Command('npm run testbed -- list')).description('what there is to run')
  usage(program, () => program.parse([...argv], { from: 'user' }))
  const printer = new Printer(process.stdout, false)
  const entries = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).entry))
  const rows = entries.map((entry) => [
    entry.name,
    entry.summary,
    'upon' in entry
      ? `over ${entry.over}`
      : `${entry.topology.default}${entry.service ? ', real hosts' : ''}`,
  ])
  printer.table({ title: 'Algorithms', columns: ['name', 'what it does', 'runs on'], rows })
  printer.line()
  printer.line(
    'npm run testbed -- <name> --help shows its options; npm run new -- <name> begins one of your own.',
  )
}
