/**
 * A simulated run that is held open: while it is at rest its time stands still, and what is done to
 * it is done at the time at which it rests.
 */
import type { Signature } from '../../model/process.ts'
import { type Act, type Holder, RUN_OVER } from '../acting.ts'
import type { Ended, Experiment } from '../experiment.ts'
import { Simulation } from './simulator.ts'

/** What is done to it waits until the events that are handled in one go are over. */
interface Waiting {
  readonly act: Act
  readonly answer: (why: string | null) => void
}

/** @param nextTurn resolves when whoever acts has had a chance to */
export async function runHeld<S extends Signature>(
  experiment: Experiment<S>,
  holder: Holder,
  {
    signal,
    nextTurn,
    eventsATurn,
  }: { signal: AbortSignal; nextTurn: () => Promise<void>; eventsATurn: number },
): Promise<Ended> {
  const simulation = new Simulation(experiment)
  const isBounded = typeof experiment.ends === 'object' && 'atMs' in experiment.ends
  const goesOnAfter = ({ how }: Ended) => how === 'quiescent' || (how === 'time over' && !isBounded)
  const waiting: Waiting[] = []
  let isLetGo = false
  let isOver = false
  let stirred = Promise.withResolvers<void>()
  const stir = () => stirred.resolve()
  signal.addEventListener('abort', stir)
  simulation.hold()
  holder.opened({
    act: (act) => {
      if (isOver) return Promise.resolve(RUN_OVER)
      const { promise, resolve } = Promise.withResolvers<string | null>()
      waiting.push({ act, answer: resolve })
      stir()
      return promise
    },
    letGo: () => {
      isLetGo = true
      stir()
    },
  })
  try {
    for (;;) {
      const ended = simulation.advance(eventsATurn)
      await nextTurn() // whatever has been typed by now is done before it ends
      if (ended !== null && !goesOnAfter(ended)) return ended
      if (ended !== null && waiting.length === 0) {
        if (isLetGo || signal.aborted) return ended
        stirred = Promise.withResolvers<void>()
        holder.rested(ended)
        await stirred.promise
        if (isLetGo && waiting.length === 0) return ended
      }
      if (signal.aborted) return ended ?? simulation.end('interrupted')
      for (const { act, answer } of waiting.splice(0)) answer(simulation.act(act))
    }
  } finally {
    isOver = true
    signal.removeEventListener('abort', stir)
    for (const { answer } of waiting.splice(0)) answer(RUN_OVER)
  }
}
