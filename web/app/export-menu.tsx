/** Takes a run out of the page: pictures of the panes, and its events for other programs. */
import type { DrawList } from '../draw/shapes.ts'
import { chromeTrace } from '../export/chrome.ts'
import { otlpLines } from '../export/otlp.ts'
import { shivizLog } from '../export/shiviz.ts'
import { svg } from '../export/svg.ts'
import type { RunData } from '../model/run-data.ts'
import { colours, theme } from '../paint/colours.ts'
import { png } from '../paint/png.ts'
import type { Size } from './canvas.tsx'
import { blocksInPage, isInPage } from './load.ts'
import { networkPicture } from './network-pane.tsx'
import { spaceTimePicture } from './space-time-pane.tsx'
import { loaded, problem } from './state.ts'
import { deed } from './words.ts'

export function ExportMenu() {
  const run = loaded.value
  if (run === null) return null
  const base = `/api/runs/${encodeURIComponent(run.run.id)}`
  const name = (ending: string) => `${run.run.id}${ending}`
  const says = (position: number) => deed(run, position)
  return (
    <details class="menu">
      <summary>export</summary>
      <div class="menu-body exports">
        <Item says="the drawing, SVG" make={() => save(name('.svg'), 'image/svg+xml', drawn(run))} />
        <Item says="the drawing, PNG" make={() => savePng(name('.png'), spaceTimePicture.value)} />
        <Item
          says="the network, SVG"
          make={() => save(name('-network.svg'), 'image/svg+xml', networkDrawn(run))}
        />
        <Item says="the network, PNG" make={() => savePng(name('-network.png'), networkSheet())} />
        <Item
          says="ShiViz log"
          make={() => save(name('.shiviz.log'), 'text/plain', ...shivizLog(run, says))}
        />
        <Item
          says="Chrome / Perfetto JSON"
          make={() => save(name('.chrome.json'), 'application/json', chromeTrace(run, says))}
        />
        {isInPage(run.run.id) ? (
          <Item says="OTLP, JSON lines" make={() => saveSpans(run, name('.spans.jsonl'))} />
        ) : (
          <FromServer base={base} name={name} />
        )}
      </div>
    </details>
  )
}

/** What the server has as a file. */
function FromServer(props: { readonly base: string; readonly name: (ending: string) => string }) {
  const { base, name } = props
  return (
    <>
      <a href={`${base}/spans.jsonl`} download={name('.spans.jsonl')}>
        OTLP, JSON lines
      </a>
      <a href={`${base}/events.bin`} download={name('.events.bin')}>
        events.bin
      </a>
    </>
  )
}

function Item({ says, make }: { readonly says: string; readonly make: () => void }) {
  return (
    <button type="button" class="link" onClick={make}>
      {says}
    </button>
  )
}

const saveSpans = (run: RunData, name: string) =>
  save(name, 'application/jsonl', ...otlpLines(run.run, blocksInPage(run.run.id)))

const titleOf = ({ run }: RunData) => `${run.algorithm}, seed ${run.seed}`

function drawn(run: RunData): string {
  const { list, size } = spaceTimePicture.value
  return svg(list, { ...size, theme: theme.value, title: titleOf(run) })
}

/** Its pane may not be open: a sheet of its own size. */
function networkDrawn(run: RunData): string {
  return svg(networkPicture(SHEET), { ...SHEET, theme: theme.value, title: titleOf(run) })
}

const networkSheet = (): Picture => ({ list: networkPicture(SHEET), size: SHEET })

const SHEET = { width: 900, height: 640 }

interface Picture {
  readonly list: DrawList
  readonly size: Size
}

function savePng(name: string, { list, size }: Picture): void {
  const font = getComputedStyle(document.body).fontFamily
  png(list, { ...size, font }, colours()).then(
    (blob) => download(name, blob),
    (error: unknown) => {
      problem.value = `${name} cannot be made: ${error instanceof Error ? error.message : error}.`
    },
  )
}

const save = (name: string, type: string, ...parts: string[]): void =>
  download(name, new Blob(parts, { type }))

function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
