/** With nothing selected: what the cut says of the run, in words for somebody who never saw one. */
import { judgeRecorded } from '../draw/cut-lines.ts'
import { inTransit } from '../model/causality.ts'
import { cutRecorded } from '../model/cut.ts'
import { remembered } from '../model/remembered.ts'
import type { RunData } from '../model/run-data.ts'
import { count, moment, plural } from './format.ts'
import { KEYS } from './keys.ts'
import { consistency, cut, cutIsPlaced, moveCut, seen, selectMessage, underway } from './state.ts'

export function AtCut({ run }: { readonly run: RunData }) {
  return (
    <>
      <Where run={run} />
      <Consistent run={run} />
      <p class="quiet">
        Select an event or a message to see what it says, what could have caused it and what it could have
        caused. <kbd>?</kbd> lists the keys.
      </p>
      <Recorded run={run} />
      <InTransitList run={run} messages={underway.value} />
    </>
  )
}

function Where({ run }: { readonly run: RunData }) {
  const included = cut.value.reduce((sum, at) => sum + (at === -1 ? 0 : run.seq(at)), 0)
  const messages = underway.value.length
  const transit = inTransitWords(messages)
  const all = plural(run.length, 'event')
  if (!cutIsPlaced.value) {
    return (
      <p>
        Your cut (◆ at the axis) is at the end: all {all} of the run have happened; {transit}. Drag it to the
        left, or press <kbd>{KEYS.cutBack.shown}</kbd>, to see the run as it was before.
      </p>
    )
  }
  return (
    <p>
      Left of your cut (◆) are {count(included)} of {all}; {transit}
      {messages > 0 && ': sent before the cut, not received before it'}.
    </p>
  )
}

function inTransitWords(messages: number): string {
  if (messages === 0) return 'no message is in transit'
  return messages === 1 ? '1 message is in transit' : `${count(messages)} messages are in transit`
}

/** Why it is, or by what it is not. */
function Consistent({ run }: { readonly run: RunData }) {
  const { consistent, offending } = consistency.value
  if (!cutIsPlaced.value) return null
  if (consistent) {
    return (
      <p>
        Your cut is consistent: whatever was received before it was also sent before it. The run could have
        been just so at one moment.
      </p>
    )
  }
  return (
    <>
      <p class="inconsistent">
        Your cut is inconsistent: what follows was received before it, but sent after it. The run was never
        so, and never could be.
      </p>
      <MessageList run={run} messages={offending} />
    </>
  )
}

/** How many messages are in transit at each of the cuts that the algorithm recorded. */
const transitOf = remembered((data, _: null) => {
  if (data.cuts.length * data.messages.length > LOOKED_AT_MOST) return null
  return data.cuts.map((recorded) => inTransit(data, cutRecorded(data, recorded)).length)
})

/** Some tenth of a second; beyond it they are counted when the cut is put there. */
const LOOKED_AT_MOST = 20_000_000

function Recorded({ run }: { readonly run: RunData }) {
  const judged = judgeRecorded(run, null)
  if (judged.length === 0) return null
  const transit = transitOf(run, null)
  const by = seen.cut.value
  return (
    <>
      <h2>Recorded by the algorithm</h2>
      <ul class="plain-list">
        {judged.slice(0, LISTED_MAX).map(({ cut: { id }, consistency: { consistent } }, i) => (
          <li key={id}>
            <button
              type="button"
              class="link"
              aria-pressed={by !== null && 'recorded' in by && by.recorded === id}
              title="put the cut there"
              onClick={() => moveCut({ recorded: id })}
            >
              cut {id}
            </button>
            : <Judged consistent={consistent} />
            {transit !== null && `, ${count(transit[i]!)} in transit`}
          </li>
        ))}
      </ul>
      {judged.length > LISTED_MAX && <p class="quiet">… and {judged.length - LISTED_MAX} more</p>}
    </>
  )
}

const Judged = ({ consistent }: { readonly consistent: boolean }) =>
  consistent ? <span>consistent</span> : <span class="inconsistent">inconsistent</span>

const LISTED_MAX = 200

function InTransitList({ run, messages }: { readonly run: RunData; readonly messages: readonly number[] }) {
  if (messages.length === 0) return null
  return (
    <>
      <h2>In transit at the cut</h2>
      <MessageList run={run} messages={messages} />
    </>
  )
}

function MessageList({ run, messages }: { readonly run: RunData; readonly messages: readonly number[] }) {
  const { from, to, typeIndex, sendAt } = run.messages
  return (
    <>
      <ul class="plain-list">
        {messages.slice(0, LISTED_MAX).map((m) => (
          <li key={m}>
            <button type="button" class="link" onClick={() => selectMessage(m)}>
              {run.processes[from[m]!]} → {run.processes[to[m]!]} {run.types[typeIndex[m]!]}{' '}
              <span class="quiet">sent at {moment(run.timeNs(sendAt[m]!))}</span>
            </button>
          </li>
        ))}
      </ul>
      {messages.length > LISTED_MAX && <p class="quiet">… and {messages.length - LISTED_MAX} more</p>}
    </>
  )
}
