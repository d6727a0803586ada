/**
 * The frame of the page: what run it is, the drawing, and beside it what is known of the run and of
 * the cursor.
 */
import { useEffect } from 'preact/hooks'
import { names } from '../draw/cut-lines.ts'
import { actTabs } from './act-pane.tsx'
import { ComparePane } from './compare-pane.tsx'
import { CutAt } from './cut-at.tsx'
import { DropZone } from './drop-zone.tsx'
import { EventPane } from './event-details.tsx'
import { EventsPane } from './events-pane.tsx'
import { count, duration, moment, plural } from './format.ts'
import { Help } from './help.tsx'
import { MotifsPane } from './motifs-pane.tsx'
import { NetworkPane } from './network-pane.tsx'
import { NotesPane } from './notes-pane.tsx'
import { OtherPane } from './other-pane.tsx'
import { playing } from './play.ts'
import { NoRuns, RunList } from './run-list.tsx'
import { MessagesPane, ResultsPane } from './run-panes.tsx'
import { SpaceTimePane } from './space-time-pane.tsx'
import {
  change,
  consistency,
  cutBy,
  cutNs,
  cutPosition,
  following,
  help,
  live,
  loaded,
  loading,
  problem,
  runs,
  runsOpen,
  seen,
  selectedEvent,
  selectedMessage,
  underway,
} from './state.ts'
import { StatePane } from './state-pane.tsx'
import { Tabs } from './tabs.tsx'
import { Toolbar } from './toolbar.tsx'
import { TracesPane } from './traces-pane.tsx'
import { Mark, VerdictPane } from './verdict-pane.tsx'
import type { CutBy } from './view-url.ts'
import { WaterfallPane } from './waterfall-pane.tsx'
import { sentence } from './words.ts'

const ABOUT = [
  { key: 'verdict', label: 'Verdict', panel: () => <VerdictPane /> },
  { key: 'results', label: 'Results', panel: () => <ResultsPane /> },
  { key: 'messages', label: 'Messages', panel: () => <MessagesPane /> },
  { key: 'notes', label: 'Notes', panel: () => <NotesPane /> },
  { key: 'motifs', label: 'Motifs', panel: () => <MotifsPane /> },
  { key: 'traces', label: 'Traces', panel: () => <TracesPane /> },
  { key: 'compare', label: 'Compare', panel: () => <ComparePane /> },
]
const HERE = [
  { key: 'event', label: 'Event', panel: () => <EventPane /> },
  { key: 'state', label: 'State', panel: () => <StatePane /> },
  { key: 'network', label: 'Network', panel: () => <NetworkPane /> },
  { key: 'events', label: 'List', panel: () => <EventsPane /> },
]

export function Frame() {
  const run = loaded.value
  useEffect(() => {
    const what = run === null ? '' : `${run.run.algorithm}, seed ${run.run.seed} – `
    document.title = `${what}p2p-testbed`
  }, [run])
  return (
    <>
      <Head />
      {problem.value !== null && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {run === null ? (
        <main class="nothing">{runs.value?.length === 0 && <NoRuns />}</main>
      ) : (
        <main>
          <div class="space">
            <Toolbar />
            <SpaceTimePane />
            <OtherPane />
            <WaterfallPane />
            <div class="status-line">
              <Status />
              <CutAt />
            </div>
          </div>
          <aside aria-label="What is known">
            <Tabs
              label="The run"
              tabs={ABOUT}
              open={seen.about.value}
              choose={(about) => change({ about })}
            />
            <Tabs
              label="At the cursor"
              tabs={[...HERE, ...actTabs()]}
              open={seen.here.value}
              choose={(here) => change({ here })}
            />
          </aside>
        </main>
      )}
      <RunList />
      <DropZone />
      <Help />
    </>
  )
}

function Head() {
  const run = loaded.value
  const outcome = run?.outcome
  return (
    <header>
      <button
        type="button"
        class="runs-button"
        aria-haspopup="dialog"
        onClick={() => {
          runsOpen.value = true
        }}
      >
        Runs
      </button>
      <h1>{run?.run.algorithm ?? (loading.value ? 'reading …' : 'p2p-testbed')}</h1>
      {outcome !== undefined && <Mark verdict={outcome.verdict} />}
      {live.value && <span class="live">live</span>}
      {run !== null && (
        <p class="what">
          {plural(run.processes.length, 'process')
            .replace('processs', 'processes')
            .concat(`, ${run.run.topology}`)}{' '}
          · {run.run.runtime} · seed {run.run.seed} · {plural(run.length, 'event')}
          {outcome !== undefined && ` in ${duration(outcome.durationMs * 1e6)}`}
          {!['', 'none'].includes(run.run.faults) && ` · ${run.run.faults}`}
        </p>
      )}
      <span class="spring" />
      {live.value && (
        <button
          type="button"
          aria-pressed={following.value}
          onClick={() => {
            following.value = !following.value
          }}
        >
          follow
        </button>
      )}
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label="Keys and signs"
        title="keys and signs (?)"
        onClick={() => {
          help.value = true
        }}
      >
        ?
      </button>
    </header>
  )
}

function cutWords(by: CutBy): string {
  if ('lamport' in by) return `cut at logical ${by.lamport}`
  if ('recorded' in by) return `cut recorded as ${by.recorded}`
  if ('common' in by) return `cut at ${by.common} of the common axis`
  if ('earliest' in by) return `earliest consistent cut with ${by.earliest}`
  if ('latest' in by) return `latest consistent cut that ends with ${by.latest}`
  return `cut at ${moment(cutNs.value)}`
}

/** One line in words of what the drawing shows; read out when it changes. */
function Status() {
  const run = loaded.value!
  const message = selectedMessage.value
  const at = selectedEvent.value
  const { consistent, offending } = consistency.value
  const by = cutBy.value
  return (
    <p class="status" role="status" aria-live={playing.value ? 'off' : 'polite'} id="status">
      <span>
        {message !== null
          ? `message: ${sentence(run, run.messages.sendAt[message]!)}`
          : at !== null
            ? sentence(run, at)
            : 'nothing selected'}
      </span>
      <span class="spring" />
      <span class={consistent ? undefined : 'inconsistent'}>
        {cutWords(by)} (event {cutPosition.value}),{' '}
        {consistent ? 'consistent' : `inconsistent: ${names(run, offending)}`}
        {/* In sight it is said beside the drawing; here it would make the line two, and the drawing jump. */}
        {!consistent && <span class="off-screen"> received before it, sent after it</span>},{' '}
        {count(underway.value.length)} in transit
      </span>
    </p>
  )
}
