/** The faults there are: the one table behind the grammar, its complaints, the help text and sweeps. */
import type { Assumption } from '../model/fault.ts'

export type FaultName =
  | 'latency'
  | 'jitter'
  | 'loss'
  | 'duplicate'
  | 'reorder'
  | 'cut'
  | 'partition'
  | 'crash'
  | 'pause'
  | 'slow'
  | 'clock'
  | 'byzantine'

export interface FaultForm {
  readonly name: FaultName // its first word
  readonly form: string
  readonly example: string
  readonly more: readonly string[] // further examples
  readonly does: string
  readonly breaks: Assumption // a link that holds what is sent breaks `timing` only
}

export const faultForms: readonly FaultForm[] = [
  {
    name: 'latency',
    form: 'latency TIME | [uniform] MIN-MAX | exponential MEAN | regions',
    example: 'latency 5ms',
    more: [
      'latency regions',
      'latency 2-10ms',
      'latency exponential 20ms',
      'latency 20ms of marker on p00->p01 at 50ms for 200ms',
      'latency 50ms on p00->p01',
    ],
    does: 'delays every message: always as long, evenly drawn, mostly short and now and then long, or as light takes between eight cities',
    breaks: 'timing',
  },
  {
    name: 'jitter',
    form: 'jitter MIN-MAX',
    example: 'jitter 0-20ms',
    more: ['jitter 0-20ms at 100ms for 50ms'],
    does: 'delays every message by an evenly drawn time on top of its latency',
    breaks: 'timing',
  },
  {
    name: 'loss',
    form: 'loss SHARE | loss 3rd of TYPE on P->Q',
    example: 'loss 10%',
    more: ['loss 10% of marker', 'loss 3rd of marker on p00->p01', 'loss 5% on p00->p03'],
    does: 'loses that share of the messages, or one message: the 3rd of its type on that channel',
    breaks: 'reliable',
  },
  {
    name: 'duplicate',
    form: 'duplicate SHARE',
    example: 'duplicate 5%',
    more: ['duplicate 5% of money'],
    does: 'delivers that share of the messages twice, each copy with a delay of its own',
    breaks: 'noDuplicates',
  },
  {
    name: 'reorder',
    form: 'reorder SHARE by TIME | MIN-MAX',
    example: 'reorder 10% by 5-50ms',
    more: ['reorder 100% by 30ms of marker on p00->p01'],
    does: 'delays that share of the messages alone: what is sent after them overtakes them',
    breaks: 'fifo',
  },
  {
    name: 'cut',
    form: 'cut P-Q | P->Q [held] [at TIME] [for TIME]',
    example: 'cut p00-p03',
    more: ['cut p00->p03', 'cut p00-p03 at 100ms', 'cut p00-p03 at 100ms for 200ms'],
    does: 'takes the link between two processes down, one way or both: what is sent on it meanwhile is lost; `held` delivers it afterwards',
    breaks: 'reliable',
  },
  {
    name: 'partition',
    form: 'partition halves | minority | isolate P | bridge P | P … / Q … [one-way] [held] [at TIME] [for TIME]',
    example: 'partition halves at 50ms for 100ms',
    more: [
      'partition minority at 50ms for 100ms',
      'partition isolate p03',
      'partition bridge p02 at 50ms for 100ms',
      'partition halves one-way at 50ms for 100ms',
      'partition p00 p01 / p02 p03 at 50ms for 100ms',
    ],
    does: 'cuts all links between two sides: the first half and the rest, the largest minority and the rest, one and the rest, halves that only one can still reach, or those that are named',
    breaks: 'reliable',
  },
  {
    name: 'crash',
    form: 'crash P at TIME [for TIME]',
    example: 'crash p03 at 50ms',
    more: ['crash p03 at 50ms for 100ms'],
    does: 'stops a process; with `for` it recovers after that time, from what it has stored',
    breaks: 'crashes',
  },
  {
    name: 'pause',
    form: 'pause P at TIME for TIME',
    example: 'pause p03 at 50ms for 20ms',
    more: [],
    does: 'lets a process handle nothing; what comes waits, and is handled in order afterwards',
    breaks: 'timing',
  },
  {
    name: 'slow',
    form: 'slow P TIME [at TIME] [for TIME]',
    example: 'slow p03 5ms',
    more: ['slow p03 5ms at 50ms for 100ms'],
    does: 'lets every event take a process that long; what comes meanwhile waits in line',
    breaks: 'timing',
  },
  {
    name: 'clock',
    form: 'clock P +TIME | -TIME | drift PPM [at TIME] [for TIME]',
    example: 'clock p03 +50ms',
    more: ['clock p03 -20ms at 50ms for 100ms', 'clock p03 drift 200ppm'],
    does: 'puts the clock of a process forward or back, or lets it gain; its timers go by it',
    breaks: 'timing',
  },
  {
    name: 'byzantine',
    form: 'byzantine P silent [of TYPE] | equivocates TYPE.FIELD | lies TYPE.FIELD',
    example: 'byzantine p03 silent',
    more: [
      'byzantine p03 silent of vote',
      'byzantine p03 equivocates vote.vote',
      'byzantine p03 lies vote.vote',
    ],
    does: 'lets a process send nothing, tell each another value, or tell all a wrong one',
    breaks: 'honest',
  },
]

/** What faults may be followed by. */
export const scopeForms: readonly { readonly form: string; readonly does: string }[] = [
  {
    form: 'of TYPE',
    does: 'of latency, jitter, loss, duplicate, reorder: only messages of that type, however deep they are carried',
  },
  { form: 'on P->Q', does: 'the same: only messages from P to Q' },
  { form: 'on P-Q', does: 'the same: only messages between P and Q' },
  { form: 'at TIME', does: 'from that time on; without it from the beginning' },
  { form: 'for TIME', does: 'for so long; without it for good' },
]
