/**
 * Runs jobs, each in a process of its own: all of them once a round, ours and the bare one next to
 * each other, every second round in the opposite order, so that whatever else the machine does
 * falls upon both.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer } from './answer.ts'
import type { Job, Line } from './figures.ts'

/** The longest job takes some ten seconds; one that takes so long hangs. */
const PATIENCE_MS = 600_000

export type Answers = ReadonlyMap<string, readonly Answer[]>

/** One job is one process a round, whichever lines ask for it. */
export const keyOf = ({ script, task }: Job): string => `${script} ${JSON.stringify(task)}`

export async function runRounds(
  lines: readonly Line[],
  rounds: number,
  progress: (round: number, job: string) => void,
): Promise<Answers> {
  const jobs = new Map<string, Job>()
  for (const { ours, bare } of lines) {
    for (const job of bare === null ? [ours] : [ours, bare]) jobs.set(keyOf(job), job)
  }
  const answers = new Map([...jobs.keys()].map((key) => [key, [] as Answer[]]))
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...jobs] : [...jobs].reverse()
    for (const [key, job] of order) {
      progress(round, key)
      answers.get(key)!.push(await runJob(job))
    }
    for (const line of lines) checkSameWork(line, answers, round)
  }
  return answers
}

function runJob(job: Job): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const script = fileURLToPath(new URL(job.script, import.meta.url))
  const child = fork(script, [JSON.stringify(job.task)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let complaints = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  let answer: Answer | null = null
  child.on('message', (message) => {
    answer = message as Answer
  })
  child.on('error', reject)
  child.on('close', (code, signal) => {
    clearTimeout(patience)
    if (answer !== null && code === 0) resolve(answer)
    else reject(new Error(`${keyOf(job)} ended with ${code ?? signal}\n${complaints}`))
  })
  return promise
}

/** A ratio of two works that are not the same says nothing. */
function checkSameWork({ what, ours, bare }: Line, answers: Answers, round: number): void {
  if (bare === null) return
  const [own, other] = [ours, bare].map((job) => JSON.stringify(answers.get(keyOf(job))![round]!.work))
  if (own !== other) throw new Error(`${what}: ours did ${own}, the bare script ${other}`)
}
