import { asRunBy } from '../faults/byzantine.ts'
import type { ProcessId, Signature } from '../model/process.ts'
import type { Experiment } from './experiment.ts'

/**
 * The experiment as one of its processes runs it: who lies has an algorithm of its own.
 *
 * @param struck is told when a fault of that text has done something to a message
 */
export function runBy<S extends Signature>(
  experiment: Experiment<S>,
  process: number,
  struck: (text: string, what: string, to: ProcessId) => void,
): Experiment<S> {
  const { places, seed, faults, shapes, algorithm } = experiment
  if (faults.liars === undefined) return experiment
  const society = {
    seed,
    ids: places.map(({ self }) => self),
    shapes: shapes.message,
    struck: ({ text }: { readonly text: string }, what: string, to: ProcessId) => struck(text, what, to),
  }
  return { ...experiment, algorithm: asRunBy(places[process]!.self, algorithm, faults, society) }
}
