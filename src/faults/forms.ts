/** The faults there are: the one table behind the grammar, its complaints and the help text. */
import type { Assumption } from '../model/fault.ts'

export interface FaultForm {
  readonly name: string // its first word
  readonly form: string
  readonly example: string
  readonly more: readonly string[] // further examples
  readonly does: string
  readonly breaks: Assumption
}

export const faultForms: readonly FaultForm[] = [
  {
    name: 'latency',
    form: 'latency TIME | latency [uniform] MIN-MAX | latency exponential MEAN',
    example: 'latency 5ms',
    more: ['latency 2-10ms', 'latency exponential 20ms', 'latency 50ms on p00->p01'],
    does: 'delays every message: always as long, evenly drawn, or mostly short and now and then long',
    breaks: 'timing',
  },
  {
    name: 'jitter',
    form: 'jitter MIN-MAX',
    example: 'jitter 0-20ms',
    more: [],
    does: 'delays every message by an evenly drawn time on top of its latency',
    breaks: 'timing',
  },
  {
    name: 'loss',
    form: 'loss SHARE',
    example: 'loss 10%',
    more: ['loss 10% of marker', 'loss 5% on p00->p03'],
    does: 'loses that share of the messages',
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
    name: 'cut',
    form: 'cut P-Q [at TIME] [for TIME]',
    example: 'cut p00-p03',
    more: ['cut p00-p03 at 100ms', 'cut p00-p03 at 100ms for 200ms'],
    does: 'takes the link between two processes down: what is sent on it meanwhile is lost',
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
]

/** What latency, jitter, loss and duplicate may be followed by. */
export const scopeForms: readonly { readonly form: string; readonly does: string }[] = [
  { form: 'of TYPE', does: 'only messages of that type, however deep they are carried' },
  { form: 'on P->Q', does: 'only messages from P to Q' },
  { form: 'on P-Q', does: 'only messages between P and Q' },
]
