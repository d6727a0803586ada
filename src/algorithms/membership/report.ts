/** What a run of membership was like: how soon all knew, and what it cost each. */
import type { Report, Table } from '../../model/catalogue.ts'
import type { HistoryEvent } from '../../model/history.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Choices, Membership } from './vocabulary.ts'

type Event = HistoryEvent<Membership>

/** One going: of a process that crashed or left. */
interface Going {
  readonly process: ProcessId
  readonly how: 'crash' | 'left'
  readonly atNs: number
  suspectedNs: number | null
  firstNs: number | null // somebody has struck it off
  lastNs: number | null
  struckOff: number
}

interface Memory {
  readonly n: number
  readonly goings: Going[]
  readonly sent: Map<string, number>
  periods: number
  joinedNs: number
  joins: number
  refused: number
}

const NS_A_MS = 1e6
const GOINGS_MAX = 20
const ms = (ns: number) => (ns / NS_A_MS).toFixed(0)

export const membershipReport = ({ periodMs, wave, foreigners }: Choices): Report<Membership, Memory> => ({
  initial: ({ length: n }) => ({
    ...{ n, goings: [], sent: new Map() },
    ...{ periods: 0, joinedNs: 0, joins: 0, refused: 0 },
  }),
  upon(memory, event) {
    if (event.kind === 'send')
      memory.sent.set(event.message.type, (memory.sent.get(event.message.type) ?? 0) + 1)
    if (event.kind === 'timeout' && event.timer.type === 'period') memory.periods++
    if (event.kind === 'crash') memory.goings.push(going(event.at, 'crash', event.timeNs))
    if (event.kind === 'indicate') said(memory, event, event.indication)
  },
  tables: (memory) => [
    ...(memory.goings.length > 0 ? [goings(memory, periodMs)] : []),
    load(memory, wave + foreigners),
  ],
})

const going = (process: ProcessId, how: Going['how'], atNs: number): Going => ({
  ...{ process, how, atNs },
  ...{ suspectedNs: null, firstNs: null, lastNs: null, struckOff: 0 },
})

function said(memory: Memory, { at, timeNs }: Event, indication: Membership['indication']): void {
  if (indication.type === 'left') memory.goings.push(going(at, 'left', timeNs))
  if (indication.type === 'joined') memory.joins++
  if (indication.type === 'joined') memory.joinedNs = timeNs
  if (indication.type === 'refused') memory.refused++
  if (indication.type !== 'suspected' && indication.type !== 'down') return
  const gone = memory.goings.findLast(({ process }) => process === indication.process)
  if (gone === undefined) return
  if (indication.type === 'suspected') gone.suspectedNs ??= timeNs
  else {
    gone.firstNs ??= timeNs
    gone.lastNs = timeNs
    gone.struckOff++
  }
}

function goings({ goings: all }: Memory, periodMs: number): Table {
  const after = ({ atNs }: Going, ns: number | null) => (ns === null ? '–' : ms(ns - atNs))
  return {
    title: 'Gone',
    columns: [
      'process',
      'how',
      'suspected after ms',
      'first struck off',
      'by the last',
      'periods',
      'by how many',
    ],
    rows: all
      .slice(0, GOINGS_MAX)
      .map((one) => [
        ...[one.process, one.how === 'crash' ? 'crashed' : 'left', after(one, one.suspectedNs)],
        ...[after(one, one.firstNs), after(one, one.lastNs)],
        one.lastNs === null ? '–' : Math.ceil((one.lastNs - one.atNs) / NS_A_MS / periodMs),
        one.struckOff,
      ]),
    ...(all.length > GOINGS_MAX ? { summary: `and ${all.length - GOINGS_MAX} more` } : {}),
  }
}

function load({ n, sent, periods, joins, joinedNs, refused }: Memory, late: number): Table {
  const rows = [...sent].sort(([a], [b]) => (a < b ? -1 : 1))
  const total = rows.reduce((sum, [, count]) => sum + count, 0)
  const each = (count: number) => (periods === 0 ? '–' : (count / periods).toFixed(2))
  const were = `${n - late} of ${n} from the beginning`
  return {
    title: 'Load',
    columns: ['message', 'sent', 'of a member in a period'],
    rows: [...rows.map(([type, count]) => [type, count, each(count)]), ['all', total, each(total)]],
    summary: `${joins} times somebody joined (${were}), the last at ${ms(joinedNs)} ms; ${refused} refused`,
  }
}
