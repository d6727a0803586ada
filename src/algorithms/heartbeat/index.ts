import type { CatalogueEntry } from '../../model/catalogue.ts'
import { positive } from '../../model/shape.ts'
import { isComplete } from '../../topology/predicates.ts'
import { detectorProperties } from './checker.ts'
import { type Heartbeat, type HeartbeatOptions, heartbeat } from './heartbeat.ts'
import { detectorReport } from './report.ts'

/** After the last crash; several times the delay that is long enough for the latency below. */
const ENDS_AFTER_MS = 1000

/**
 * There is no small scope to explore: the rounds never end, and where time is left out every reply can be
 * late for ever.
 */
export const entry: CatalogueEntry<Heartbeat, HeartbeatOptions> = {
  name: 'heartbeat',
  summary:
    'suspects whoever does not answer in time, and waits longer after each mistake: in the end it is right',
  options: {
    deltaMs: {
      shape: positive,
      default: 20,
      help: 'how long it waits at first, and how much more after a mistake',
    },
  },
  make: heartbeat,
  assumes: {
    fifo: false,
    reliable: true,
    noDuplicates: false,
    crashes: 'stop',
    synchrony: 'partially synchronous',
  },
  topology: {
    default: 'complete',
    fits: (places) =>
      places.length >= 2 && isComplete(places)
        ? null
        : 'everyone watches everyone: it takes complete, and 2 processes or more',
  },
  streams: 'channel',
  channels: 'fixed',
  shapes: {
    request: {},
    message: { heartbeatRequest: {}, heartbeatReply: {} },
    timer: { timeout: {} },
  },
  faults: ([, second]) => `latency 2-12ms, crash ${second} at 300ms`,
  workload: () => [],
  properties: detectorProperties,
  report: () => detectorReport,
  ends: { afterMs: ENDS_AFTER_MS },
}
