/** A run whose every text would be a program if a page took it for HTML. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileBlock, fileHeader } from '../../src/trace-format/block-codec.ts'
import type { RunRecord } from '../../src/trace-format/run.ts'
import { Hand, runOf } from '../../src/trace-format/testing.ts'

/** What the page would set if it ran any of them. */
export const FLAG = 'pwned'

const IMAGE = `<img src=/pwned.png onerror="window.${FLAG}=1">`
const SCRIPT = `</script><script>window.${FLAG}=2</script>`
const LINK = `javascript:window.${FLAG}=3`
const QUOTES = `"'><svg onload="window.${FLAG}=4">\${window.${FLAG}=5}{{1}}`

export const HOSTILE = {
  algorithm: LINK,
  processes: [`a${IMAGE}`, `b${SCRIPT}`, `c${QUOTES}`],
  type: `t${IMAGE}`,
  payload: `p${SCRIPT}`,
  state: `s${IMAGE}`,
  field: `f${QUOTES}`,
  promise: `P${IMAGE}`,
  finding: `F${SCRIPT}`,
  note: `N${IMAGE}`,
  title: `T${SCRIPT}`,
  cell: LINK,
  faults: `loss ${QUOTES}`,
  topology: `ring${IMAGE}`,
  command: `npm run testbed -- ${SCRIPT}`,
  recorded: `cut${IMAGE}`,
} as const

const NOTES = `# ${IMAGE}

${SCRIPT}

[inviting](${LINK}) and [elsewhere](https://elsewhere.invalid/ "${QUOTES}")

![picture](https://elsewhere.invalid/picture.png) ${IMAGE}

<a href="${LINK}" onclick="window.${FLAG}=6">also inviting</a>

<style>body { display: none }</style>
<form action="https://elsewhere.invalid/"><button>press</button></form>
`

function history(): Hand {
  const { type, payload, state, field, recorded } = HOSTILE
  const hand = new Hand(3)
  for (const process of [0, 1, 2]) hand.at(process, 'start')
  const asked = hand.at(0, 'request', { type, [field]: payload })
  const first = hand.send(0, 1, { type, [field]: payload })
  hand.state(asked, true, { [field]: state })
  const second = hand.send(0, 2, { type, payload })
  const got = hand.deliver(1, 0, first)
  hand.at(1, 'indicate', { type: 'recorded', id: recorded })
  hand.state(got, true, { [field]: `${state}!` })
  hand.fate('lost', 0, 2, second, payload)
  hand.at(2, 'setTimer', [{ type }, 10, 20])
  hand.at(2, 'throw', payload)
  return hand.flush()
}

function record(id: string, events: number): RunRecord {
  const { algorithm, processes, type, promise, finding, note, title, cell } = HOSTILE
  const { faults, topology, command, payload } = HOSTILE
  const figures = { sent: 2, delivered: 1, lost: 1, duplicated: 0, bytes: 40, latencyMs: null }
  return {
    run: runOf(3, { id, algorithm, processes, topology, faults, command, options: { [title]: payload } }),
    outcome: {
      verdict: 'violated',
      ended: payload,
      events,
      durationMs: 0.1,
      properties: [
        {
          name: promise,
          kind: 'always',
          verdict: 'violated',
          findings: [{ explanation: finding, witnesses: [4] }],
        },
      ],
      messages: [{ type, ...figures }],
      tables: [{ title, columns: [cell, payload], rows: [[cell, payload]], summary: note }],
      faultsFired: { [faults]: 1 },
      notes: [note],
    },
    sinks: [
      { sink: note, where: cell, made: 2, accepted: 1, refused: 1, dropped: 0, note: payload, ui: LINK },
    ],
  }
}

/** Returns the folder of the run. */
export function writeHostileRun(runsFolder: string): string {
  const id = 'hostile'
  const folder = join(runsFolder, id)
  const { blocks } = history()
  const events = blocks.reduce((sum, { length }) => sum + length, 0)
  mkdirSync(folder)
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record(id, events)))
  writeFileSync(join(folder, 'events.bin'), Buffer.concat([fileHeader(), ...blocks.map(fileBlock)]))
  writeFileSync(join(folder, 'notes.md'), NOTES)
  return folder
}
