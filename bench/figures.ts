/** What is measured: each line of the table, the two jobs it compares, and what it should come to. */

/** A process that measures; see `answer.ts`. */
export interface Job {
  readonly script: string
  readonly task: Readonly<Record<string, unknown>>
}

export interface Line {
  readonly figure: string // the letter it is asked for by
  readonly what: string
  readonly unit: string
  readonly ours: Job
  readonly bare: Job | null // null: there is nothing to compare it with
  readonly value: string // of the answers' figures
  /** What the ratio is, or the value itself where there is no other. */
  readonly target: { readonly least: number } | { readonly most: number } | null
}

/** Everything small: shows that it works, and nothing else. */
export interface Sizes {
  readonly meshes: readonly number[]
  readonly hosts: number
  readonly messages: number
  readonly stored: number
  readonly sent: number // to an OTLP sink: what the SDK makes of it must leave within its patience
  readonly tokens: number
  readonly hops: number
  readonly each: number
  readonly trips: number
  readonly events: number
  readonly spans: number
  readonly simulated: readonly number[] // processes
  readonly states: number // explored at most
  readonly leastS: number // of CPU time, for a figure of the simulator
}

export const FULL: Sizes = {
  meshes: [20, 50],
  hosts: 20,
  messages: 200_000,
  stored: 60_000,
  sent: 20_000,
  tokens: 2000,
  hops: 38,
  each: 200,
  trips: 20_000,
  events: 1_000_000,
  spans: 60_000,
  simulated: [20, 100, 10_000, 100_000],
  states: 10_000_000,
  leastS: 2,
}

export const QUICK: Sizes = {
  meshes: [4, 5],
  hosts: 4,
  messages: 2000,
  stored: 1000,
  sent: 500,
  tokens: 40,
  hops: 10,
  each: 20,
  trips: 100,
  events: 100_000,
  spans: 3000,
  simulated: [3, 5, 50, 100],
  states: 5000,
  leastS: 0.05,
}

const STACKS = [
  ['tcp', 'TCP + noise'],
  ['memory', 'memory + plaintext'],
] as const

type Transport = (typeof STACKS)[number][0]

const least = (number: number) => ({ least: number })
const most = (number: number) => ({ most: number })

/** The same script in both folders with the same task. */
const pair = (name: string, task: Job['task']): { ours: Job; bare: Job } => ({
  ours: { script: `ours/${name}.ts`, task },
  bare: { script: `bare/${name}.ts`, task },
})

export const lines = (sizes: Sizes): Line[] => [
  ...meshLines(sizes),
  ...messageLines(sizes),
  ...storedLines(sizes),
  ...sentLines(sizes),
  ...STACKS.map(([transport, stack]) => ({
    figure: 'd',
    what: `round trip, recorded, ${stack}`,
    unit: 'µs',
    value: 'microseconds',
    ...pair('round-trips', { transport, trips: sizes.trips }),
    target: most({ tcp: 1.2, memory: 1.5 }[transport]),
  })),
  ...recordingLines(sizes),
  ...ingestLines(sizes),
  {
    figure: 'g',
    what: `process start to a verified mesh of ${sizes.hosts}`,
    unit: 'ms',
    value: 'ms',
    ...pair('start', { hosts: sizes.hosts }),
    target: most(1.25),
  },
  ...simulatorLines(sizes),
]

const alone = (script: string, task: Job['task']): { ours: Job; bare: null } => ({
  ours: { script: `ours/${script}.ts`, task },
  bare: null,
})

/** These have no bare script beside them: js-libp2p has no simulator. */
const simulatorLines = ({ simulated, states, leastS }: Sizes): Line[] => {
  const events = (algorithm: string, processes: number) =>
    alone('simulator', { what: 'events', algorithm, processes, leastS })
  const [few, some, many, all] = simulated as [number, number, number, number]
  const flood = (processes: number) => alone('simulator', { what: 'flood', processes, leastS })
  const rate = { figure: 'h', unit: 'events/s', value: 'perSecond' }
  const memory = { figure: 'h', unit: 'MB', value: 'rssMb' }
  const explorer = alone('explorer', { algorithm: 'lamport-mutex', statesMax: states })
  const shrinking = (property: string) => alone('shrinking', { property, processes: 8 })
  return [
    { ...rate, what: `bank, ${few} processes`, ...events('bank', few), target: least(2e6) },
    { ...rate, what: `bank, ${some} processes`, ...events('bank', some), target: least(2e6) },
    { ...rate, what: `flooding, ${some} processes`, ...events('flooding', some), target: least(2e6) },
    { ...rate, what: `flooding, ${many} processes`, ...events('flooding', many), target: least(0.8e6) },
    { ...memory, what: `a flood over ${many} processes`, ...flood(many), target: most(300) },
    { ...memory, what: `a flood over ${all} processes`, ...flood(all), target: most(1024) },
    {
      ...{ figure: 'h', what: '5 processes, 2,000 events', unit: 'seeds/s', value: 'perSecond' },
      ...alone('simulator', { what: 'seeds', leastS }),
      target: least(1000),
    },
    {
      ...{ figure: 'i', what: 'explored: lamport-mutex', unit: 'states/s', value: 'perSecond' },
      ...explorer,
      target: least(300_000),
    },
    {
      ...{ figure: 'i', what: 'the whole of it', unit: 's', value: 'seconds' },
      ...explorer,
      target: most(5),
    },
    {
      ...{ figure: 'i', what: 'a state', unit: 'bytes', value: 'bytesEach' },
      ...explorer,
      target: most(110),
    },
    {
      ...{ figure: 'j', what: 'shortened: a broken cut, about 900 events', unit: 's', value: 'seconds' },
      ...shrinking('CONSISTENT CUT'),
      target: most(1),
    },
    {
      ...{ figure: 'j', what: 'a broken sum, likewise', unit: 's', value: 'seconds' },
      ...shrinking('CONSERVATION'),
      target: most(1),
    },
  ]
}

const meshLines = ({ meshes }: Sizes): Line[] =>
  meshes.flatMap((hosts) => {
    const jobs = pair('mesh', { hosts, transport: 'tcp', channels: true })
    const mesh = { what: `mesh of ${hosts}, verified at both ends`, value: 'meshMs', target: most(1.05) }
    const channels = { what: `its ${hosts * (hosts - 1)} channels opened`, value: 'channelsMs', target: null }
    return [mesh, channels].map((line) => ({ figure: 'a', unit: 'ms', ...jobs, ...line }))
  })

const messageLines = ({ hosts, messages, tokens, hops, each }: Sizes): Line[] =>
  STACKS.flatMap(([transport, stack]) =>
    [
      {
        what: `one channel, recorded, ${stack}`,
        ...pair('one-channel', { transport, messages }),
        target: least({ tcp: 4, memory: 2.5 }[transport]),
      },
      {
        what: `token walk over ${hosts}, recorded, ${stack}`,
        ...pair('walk', { transport, hosts, tokens, hops }),
        target: least({ tcp: 1.7, memory: 3 }[transport]),
      },
      {
        what: `all to all over ${hosts}, recorded, ${stack}`,
        ...pair('all-to-all', { transport, hosts, each }),
        target: null,
      },
    ].map((line) => ({ figure: 'b', unit: 'messages/s', value: 'perSecond', ...line })),
  )

const stored = (transport: Transport, messages: number, how: 'bare' | 'whole', otlp: boolean): Job => ({
  script: 'ours/stored.ts',
  task: { transport, messages, how, otlp },
})

const bareChannel = (transport: Transport, messages: number): Job => ({
  script: 'bare/one-channel.ts',
  task: { transport, messages },
})

const lostLine = (figure: string, what: string, ours: Job): Line => ({
  figure,
  what,
  unit: 'spans',
  value: 'lost',
  ours,
  bare: null,
  target: most(0),
})

const storedLines = ({ stored: messages }: Sizes): Line[] =>
  STACKS.flatMap(([transport, stack]) => {
    const [ours, whole] = [
      stored(transport, messages, 'bare', false),
      stored(transport, messages, 'whole', false),
    ]
    const bare = bareChannel(transport, messages)
    const rate = { figure: 'c', unit: 'messages/s', value: 'storedPerSecond', bare }
    const target = least({ tcp: 2, memory: 1 }[transport])
    return [
      { ...rate, what: `one channel, until stored, ${stack}`, ours, target },
      { ...rate, what: `the same, judged and with states, ${stack}`, ours: whole, target: null },
      lostLine('c', `spans lost, ${stack}`, ours),
    ]
  })

const sentLines = ({ sent: messages }: Sizes): Line[] => {
  const ours = stored('tcp', messages, 'bare', true)
  const bare = bareChannel('tcp', messages)
  return [
    {
      figure: "c'",
      what: 'one channel, with an OTLP sink, the run itself, TCP + noise',
      unit: 'messages/s',
      value: 'perSecond',
      ours,
      bare,
      target: least(1.5),
    },
    {
      figure: "c'",
      what: 'spans at the sink',
      unit: 'spans/s',
      value: 'spansPerSecond',
      ours,
      bare: null,
      target: null,
    },
    lostLine("c'", 'spans lost', ours),
  ]
}

const recordingLines = ({ events }: Sizes): Line[] => {
  const jobs = pair('recording', { events })
  const line = { figure: 'e', unit: 'µs', ours: jobs.ours, bare: null }
  return [
    { ...line, what: 'one event recorded', value: 'microseconds', target: most(0.25) },
    {
      ...line,
      what: 'the same beside an object in a list',
      value: 'microseconds',
      bare: jobs.bare,
      target: null,
    },
    { ...line, what: 'the same, both clocks read', value: 'withClocks', target: null },
    { ...line, what: 'the state after a step', value: 'state', target: null },
  ]
}

const ingestLines = ({ spans }: Sizes): Line[] => {
  const ours: Job = { script: 'ours/ingest.ts', task: { spans } }
  const bare: Job = { script: 'bare/parse.ts', task: { spans } }
  const line = { figure: 'f', unit: 'spans/s', ours, bare }
  return [
    {
      ...line,
      what: 'OTLP ingest to disk and columns, and JSON.parse',
      value: 'perSecond',
      target: least(0.45),
    },
    { ...line, what: 'OTLP ingest to disk, and JSON.parse', value: 'diskPerSecond', target: null },
  ]
}
