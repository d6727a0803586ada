/** The run of a session that is held open: what is typed at it, and what becomes of that. */
import { createInterface } from 'node:readline'
import { type Acted, actFields, actForms, actOf, parseAct } from '../harness/act.ts'
import type { Answers } from '../harness/answers.ts'
import type { Plan } from '../harness/plan.ts'
import { UsageError } from '../lib/usage-error.ts'
import type { Act, ActingPort } from '../runtimes/acting.ts'
import type { ActAnswer, ActForms } from '../trace-format/acts.ts'
import type { Prepared } from './prepare.ts'
import type { Printer } from './print.ts'

/**
 * Whether the last run of a session is held open. Where nobody says, it is for whoever sits before
 * it, if it costs nothing: a run that comes to rest by itself.
 */
export function isHeldOpen({ general, plans, replay }: Prepared): boolean {
  if (replay !== undefined || plans.at(-1)!.experiment.service !== undefined) return false
  if (general.interactive !== undefined) return general.interactive
  if (general.exit || general.json || general.for !== undefined) return false
  const isWatched = process.stdin.isTTY === true && process.stdout.isTTY === true
  return isWatched && plans.at(-1)!.experiment.ends === 'quiescent'
}

export class OpenRun {
  /** What was done to it so far. */
  acts = 0
  readonly #plan: Plan
  readonly #port: ActingPort
  readonly #answers: Answers
  #requests: number

  constructor(plan: Plan, port: ActingPort, answers: Answers, requestsBefore: number) {
    this.#plan = plan
    this.#port = port
    this.#answers = answers
    this.#requests = requestsBefore
  }

  get forms(): string[] {
    return actForms(this.#plan)
  }

  get fields(): ActForms {
    return actFields(this.#plan)
  }

  /** What a line asks for; throws the sentence that says what there is. */
  typed(line: string): Promise<string | null> {
    return this.#act(parseAct(line, this.#acted()))
  }

  /** The same of what a page or a program sent. */
  async sent(value: unknown): Promise<ActAnswer> {
    try {
      const why = await this.#act(actOf(value, this.#acted()))
      return { status: 200, done: why === null, message: why ?? 'done' }
    } catch (error) {
      // What anybody sends must not end the run, whatever it makes of its reading.
      const message = error instanceof UsageError ? error.message : 'this cannot be read as an act'
      return { status: 400, done: false, message }
    }
  }

  letGo(): void {
    this.#port.letGo()
  }

  #acted(): Acted {
    return { ...this.#plan, nth: this.#requests }
  }

  #act(act: Act): Promise<string | null> {
    this.acts++
    if (act.kind === 'request') {
      this.#requests++
      this.#answers.expect(act.to, act.request)
    }
    return this.#port.act(act)
  }
}

/** Reads lines until there are no more, or somebody has had enough; returns what stops it. */
export function listenTo(input: NodeJS.ReadableStream, run: OpenRun, printer: Printer): () => void {
  const lines = createInterface({ input, terminal: false })
  const stop = () => {
    lines.close()
    input.pause() // or the process would wait for the next line
  }
  lines.on('line', (line) => void answer(line.trim(), run, printer))
  lines.on('close', () => run.letGo())
  return stop
}

async function answer(line: string, run: OpenRun, printer: Printer): Promise<void> {
  switch (line) {
    case '':
      return
    case 'help':
    case '?':
      return printer.line(helpOn(run))
    case 'quit':
    case 'exit':
      return run.letGo()
  }
  try {
    const why = await run.typed(line)
    printer.line(why === null ? printer.dim(`${line}: done`) : `${line}: ${why}`)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    printer.line(`${line}: ${error.message}. 'help' says what can be typed`)
  }
}

const helpOn = (run: OpenRun): string =>
  [
    'What can be typed, a line at a time:',
    ...run.forms.map((form) => `  ${form}`),
    '  cut and heal take p00->p01 for one way only',
    '  help',
    '  quit        the run ends when it is at rest; so does the end of the input. Ctrl-C does not wait',
  ].join('\n')
