/**
 * What the space-time drawing shows, as text: for a reader who hears the page. The line of status beneath
 * says the rest, which changes with the cursor.
 */
import { judgeRecorded } from '../draw/cut-lines.ts'
import { downTimes } from '../draw/ground.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { moment, plural } from './format.ts'

const SAID_MOST = 12 // of a kind: who wants all of them has the list

export function spaceTimeTwin(run: RunData, witnesses: number): string {
  const proving = witnesses === 1 ? '1 event proves' : `${witnesses} events prove`
  return [
    `${run.processes.length} processes, ${run.length} events.`,
    messagesInWords(run),
    ...few(downInWords(run)),
    ...few(recordedInWords(run)),
    ...(witnesses === 0 ? [] : [`${proving} a violation; the tab Verdict leads there.`]),
    'Arrows walk from event to event; the list holds the same events as text.',
  ].join(' ')
}

const fates = remembered((data, _: null) => {
  const { length, deliverAt, lostAt } = data.messages
  let [lost, open] = [0, 0]
  for (let m = 0; m < length; m++) {
    if (lostAt[m] !== -1) lost++
    else if (deliverAt[m] === -1) open++
  }
  return { lost, open }
})

function messagesInWords(run: RunData): string {
  const { lost, open } = fates(run, null)
  const parts = [plural(run.messages.length, 'message')]
  if (lost > 0) parts.push(`${lost} lost`)
  if (open > 0) parts.push(`${open} never arrived`)
  return `${parts.join(', ')}.`
}

const downInWords = (run: RunData): string[] =>
  run.processes.flatMap((name, process) =>
    downTimes(run, process).map(([from, to]) => {
      const until = to === null ? 'on' : `to ${moment(run.timeNs(to))}`
      return `${name} is down from ${moment(run.timeNs(from))} ${until}.`
    }),
  )

const recordedInWords = (run: RunData): string[] =>
  judgeRecorded(run, null).map(
    ({ cut: { id }, consistency: { consistent } }) =>
      `Recorded cut ${id}: ${consistent ? 'consistent' : 'inconsistent'}.`,
  )

const few = (said: readonly string[]): readonly string[] =>
  said.length <= SAID_MOST
    ? said
    : [...said.slice(0, SAID_MOST), `And so on, ${said.length - SAID_MOST} more.`]
