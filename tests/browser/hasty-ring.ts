/** Chang and Roberts' election with a slip: whoever saw two weaker candidates takes itself for the leader. */
import type { ChangRoberts } from '../../src/algorithms/chang-roberts/chang-roberts.ts'
import { entry as right } from '../../src/algorithms/chang-roberts/index.ts'
import { reacting, sabotaged } from '../../src/harness/testing.ts'

type State = ChangRoberts['state'] & { weaker?: number }

const slip = reacting<ChangRoberts>((upon, state: State, { self }) => ({
  ...upon,
  message: {
    ...upon.message,
    election(message, from) {
      if (message.candidate < self) state.weaker = (state.weaker ?? 0) + 1
      if (state.weaker === 2) upon.message.elected({ type: 'elected', leader: self }, from)
      else upon.message.election(message, from)
    },
  },
}))

export const entry = { ...sabotaged(right, slip), name: 'hasty-ring' }
