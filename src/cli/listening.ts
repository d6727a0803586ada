/** What listens to a run: the tracing thread, and whoever made requests by hand and waits for answers. */
import { type Answer, Answers } from '../harness/answers.ts'
import type { RunListener } from '../harness/conduct.ts'
import type { Plan } from '../harness/plan.ts'
import type { Block } from '../trace-format/events.ts'
import type { RunDescription, RunOutcome } from '../trace-format/run.ts'
import type { Tracing } from '../tracing.ts'
import { listenTo, OpenRun } from './open-run.ts'
import type { Prepared } from './prepare.ts'
import type { Printer } from './print.ts'

/** What a run is to be listened to with. */
export interface Listening {
  readonly prepared: Prepared
  readonly printer: Printer
  readonly tracing: Tracing
  /** It is held open from now on. */
  readonly opened: (run: string) => void
  /** The first time that a run held open comes to rest, and each time after. */
  readonly rested: (run: RunDescription, outcome: RunOutcome, isFirst: boolean) => void
}

export interface Listened {
  readonly listener: RunListener
  /** Whether its outcome is another than what was told of it when it came to rest first. */
  readonly isStirred: () => boolean
  readonly stop: () => void
  /** To the requests that were made by hand. */
  readonly answers: readonly Answer[]
}

export function listening(session: Listening, plan: Plan, isHeld: boolean): Listened {
  const { tracing, prepared, printer } = session
  const requested = prepared.general.request.length
  const still = { isStirred: () => true, stop: () => {} }
  if (requested === 0 && !isHeld) return { listener: tracing, ...still, answers: [] }
  const told: Answer[] = []
  const answers = new Answers(plan.topology.ids, (line, answer) => {
    printer.line(line)
    if (answer !== null) told.push(answer)
  })
  if (requested > 0) for (const { to, request } of plan.experiment.requests) answers.expect(to, request)
  const block = (next: Block) => {
    answers.read(next)
    tracing.block(next) // takes it away
  }
  const listener = { begin: tracing.begin, block }
  if (!isHeld) return { listener, ...still, answers: told }
  return { ...held(session, plan, answers, listener), answers: told }
}

function held(
  session: Listening,
  plan: Plan,
  answers: Answers,
  listener: RunListener,
): Omit<Listened, 'answers'> {
  const { prepared, printer, tracing, opened, rested } = session
  let id = ''
  let run: OpenRun | null = null
  let stop = () => {}
  let isTold = false
  return {
    listener: {
      ...listener,
      begin: (description) => {
        id = description.id
        listener.begin(description)
      },
      opened: (port) => {
        const open = new OpenRun(plan, port, answers, prepared.general.request.length)
        run = open
        tracing.runOpened(id, open.fields, (act) => open.sent(act))
        stop = listenTo(process.stdin, open, printer)
        opened(id)
      },
      rested: (description, outcome) => {
        tracing.runRested(outcome)
        rested(description, outcome, !isTold)
        isTold = true
      },
    },
    isStirred: () => !isTold || (run?.acts ?? 0) > 0,
    stop: () => stop(),
  }
}
