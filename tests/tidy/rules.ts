/** The rules of the source, as tables. A new rule comes with an offence planted in `tidy.test.ts`. */

interface Layer {
  readonly parts: readonly string[]
  readonly packages?: RegExp
}

const MODEL = ['src/lib', 'src/model']
const PURE = [...MODEL, 'src/topology', 'src/faults', 'src/checkers']
const RUNTIMES = ['src/runtimes', 'src/runtimes/simulator', 'src/runtimes/libp2p']
const HARNESS = [...PURE, 'src/trace-format', 'src/algorithms', ...RUNTIMES]

/** Each part of the source, and what it may import: only parts above itself. */
export const layers: Readonly<Record<string, Layer>> = {
  'src/lib': { parts: [], packages: /^node:crypto$/ },
  'src/model': { parts: ['src/lib'] },
  'src/trace-format': { parts: ['src/lib'] },
  'src/topology': { parts: MODEL, packages: /^leven$/ },
  'src/faults': { parts: MODEL, packages: /^leven$/ },
  'src/checkers': { parts: MODEL },
  'an algorithm': { parts: MODEL }, // its main file, and what that imports from its folder
  'an entry': { parts: PURE }, // the rest of its folder
  'src/algorithms': { parts: MODEL }, // the catalogue, which loads entries on demand
  'src/runtimes': { parts: [...MODEL, 'src/trace-format', 'src/faults'] },
  'src/runtimes/simulator': {
    parts: [...MODEL, 'src/trace-format', 'src/faults', 'src/runtimes'],
    packages: /^node:(crypto|v8)$/,
  },
  'src/runtimes/libp2p': {
    parts: [...MODEL, 'src/trace-format', 'src/faults', 'src/runtimes'],
    packages: /^(libp2p$|@libp2p\/|@chainsafe\/|@multiformats\/|node:)/,
  },
  'src/telemetry': { parts: [...MODEL, 'src/trace-format'], packages: /^(@opentelemetry\/|node:)/ },
  'src/harness': { parts: HARNESS, packages: /^node:/ },
  'src/trace-server': { parts: ['src/lib', 'src/trace-format'], packages: /^(express$|node:)/ },
  web: { parts: ['src/lib', 'src/trace-format'], packages: /^(preact|@preact\/|marked$|dompurify$|vite$)/i },
  docs: { parts: ['src/trace-server'], packages: /^(node:|playwright-core$|pngjs$|vite$)/ },
  'src (top)': {
    parts: [...HARNESS, 'src/harness', 'src/telemetry', 'src/trace-server'],
    packages: /^(node:|commander$|ora$|cli-table3$|leven$)/,
  },
}

const CLOCKS = /^src\/(runtimes\/libp2p|telemetry|trace-server|cli)\/|^src\/[^/]+$|^web\//
const TIMERS = new RegExp(`${CLOCKS.source}|^src/harness/`)

/** What is banned, what to use instead, and the files that may. */
export const bans: readonly { what: string; instead: string; except: RegExp }[] = [
  { what: 'Math.random', instead: 'Prng of lib/prng', except: /^$/ },
  ...['Date.now', 'new Date', 'performance.now', 'process.hrtime'].map((what) => {
    return { what, instead: 'the time of the runtime', except: CLOCKS }
  }),
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((what) => {
    return { what, instead: 'context.setTimer', except: TIMERS }
  }),
  { what: 'console', instead: 'an event, or print in the CLI', except: /^src\/(testbed\.ts$|cli\/)/ },
  { what: 'export default', instead: 'a named export', except: /^web\/.*\.config\.ts$|^[^/]*\.config\.ts$/ },
  { what: 'an enum', instead: 'a union of words', except: /^$/ },
  { what: 'a namespace', instead: 'a module', except: /^$/ },
]

export const BANNED_FOLDERS = ['utils', 'common', 'helpers', 'shared']

/** Sizes as a ratchet: what is small stays small. */
export const LINES_MAX = { file: 400, function: 60 }
export const COLUMNS_MAX = 110

/** Places outside the project. Split, or this file would be the first offender. */
export const FOREIGN_PLACES = ['/wo' + 'rk/', '../sha' + 'red']
export const OPTIONAL_DATA = `${FOREIGN_PLACES[1]}/data/` // may be read by tests, where it is there

export const NOTES_HEADINGS = [
  'Problem',
  'Model and assumptions',
  'The idea in five sentences',
  'A run, step by step',
  'Why it works',
  'What it costs',
  'Break it',
  'On libp2p',
  'Words',
  'Sources',
  'Exercises',
]
