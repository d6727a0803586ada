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

const LASTS = '[at TIME] [for TIME]'

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
    does: 'delays messages: always as long, by dice, or as far as eight cities are apart',
    breaks: 'timing',
  },
  {
    name: 'jitter',
    form: 'jitter MIN-MAX',
    example: 'jitter 0-20ms',
    more: ['jitter 0-20ms at 100ms for 50ms'],
    does: 'delays messages by an evenly drawn time on top of their latency',
    breaks: 'timing',
  },
  {
    name: 'loss',
    form: 'loss SHARE | loss 3rd of TYPE on P->Q',
    example: 'loss 10%',
    more: ['loss 10% of marker', 'loss 3rd of marker on p00->p01', 'loss 5% on p00->p03'],
    does: 'loses that share of the messages, or one: the 3rd of its type on a channel',
    breaks: 'reliable',
  },
  {
    name: 'duplicate',
    form: 'duplicate SHARE',
    example: 'duplicate 5%',
    more: ['duplicate 5% of money'],
    does: 'delivers that share twice, each copy with a delay of its own',
    breaks: 'noDuplicates',
  },
  {
    name: 'reorder',
    form: 'reorder SHARE by TIME | MIN-MAX',
    example: 'reorder 10% by 5-50ms',
    more: ['reorder 100% by 30ms of marker on p00->p01'],
    does: 'delays that share alone: what is sent later overtakes them',
    breaks: 'fifo',
  },
  {
    name: 'cut',
    form: `cut P-Q | P->Q [held] ${LASTS}`,
    example: 'cut p00-p03',
    more: ['cut p00->p03', 'cut p00-p03 at 100ms', 'cut p00-p03 at 100ms for 200ms'],
    does: 'takes a link down, one way or both: what is sent is lost, or held until it is up',
    breaks: 'reliable',
  },
  {
    name: 'partition',
    form: `partition halves | minority | isolate P | bridge P | P … / Q … [one-way] [held] ${LASTS}`,
    example: 'partition halves at 50ms for 100ms',
    more: [
      'partition minority at 50ms for 100ms',
      'partition isolate p03',
      'partition bridge p02 at 50ms for 100ms',
      'partition halves one-way at 50ms for 100ms',
      'partition p00 p01 / p02 p03 at 50ms for 100ms',
    ],
    does: 'cuts all links between the sides; `bridge`: halves that one process still reaches',
    breaks: 'reliable',
  },
  {
    name: 'crash',
    form: 'crash P at TIME [for TIME]',
    example: 'crash p03 at 50ms',
    more: ['crash p03 at 50ms for 100ms'],
    does: 'stops a process; with `for` it recovers, from what it has stored',
    breaks: 'crashes',
  },
  {
    name: 'pause',
    form: 'pause P at TIME for TIME',
    example: 'pause p03 at 50ms for 20ms',
    more: [],
    does: 'lets a process handle nothing; what comes waits in line',
    breaks: 'timing',
  },
  {
    name: 'slow',
    form: `slow P TIME ${LASTS}`,
    example: 'slow p03 5ms',
    more: ['slow p03 5ms at 50ms for 100ms'],
    does: 'lets each event take a process that long; what comes waits in line',
    breaks: 'timing',
  },
  {
    name: 'clock',
    form: `clock P +TIME | -TIME | drift PPM ${LASTS}`,
    example: 'clock p03 +50ms',
    more: ['clock p03 -20ms at 50ms for 100ms', 'clock p03 drift 200ppm'],
    does: 'puts a clock forward or back, or lets it gain; timers go by it',
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
    does: 'lets a process send nothing, tell each something else, or tell all what is wrong',
    breaks: 'honest',
  },
]

/** What faults may be followed by: the first three latency, jitter, loss, duplicate and reorder only. */
export const scopeForms: readonly { readonly form: string; readonly does: string }[] = [
  { form: 'of TYPE', does: 'only messages of that type, however deep they are carried' },
  { form: 'on P->Q', does: 'only messages from P to Q' },
  { form: 'on P-Q', does: 'only messages between P and Q' },
  { form: 'at TIME', does: 'from that time on; without it from the beginning' },
  { form: 'for TIME', does: 'for so long; without it for good' },
]
