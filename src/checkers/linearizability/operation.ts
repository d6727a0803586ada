/**
 * A history of operations, as clients see an object: each is invoked, and
 * perhaps answered. M. Herlihy and J. Wing, "Linearizability: A Correctness
 * Condition for Concurrent Objects", ACM TOPLAS 12(3), 1990.
 */
export interface Operation<Input, Output> {
  readonly process: string
  readonly input: Input
  /** Undefined if there is none: it took effect at some time after it was invoked, or never will. */
  readonly output?: Output
  readonly invoked: number // its place in the order of all invocations and answers
  readonly answered: number // likewise; Infinity without an answer
}

/** What an object does that is used by one client at a time. */
export interface SequentialModel<State, Input, Output> {
  readonly initial: State
  /**
   * The state after an operation, or null if the object could not have answered so. Without an output
   * any answer is right.
   */
  readonly step: (state: State, input: Input, output: Output | undefined) => State | null
  /** Equal states have equal texts. */
  readonly text: (state: State) => string
  readonly says: (input: Input, output: Output | undefined) => string
}

const SAME = (state: string) => state

export type RegisterInput =
  | { readonly do: 'read' }
  | { readonly do: 'write'; readonly value: string }
  | { readonly do: 'cas'; readonly from: string; readonly to: string }

/** A register: read, write, and compare-and-set; a value is a text, and `nil` is what it holds at first. */
export const register: SequentialModel<string, RegisterInput, string | boolean> = {
  initial: 'nil',
  step(state, input, output) {
    switch (input.do) {
      case 'read':
        return output === undefined || output === state ? state : null
      case 'write':
        return input.value
      case 'cas': {
        const succeeds = state === input.from
        if (output !== undefined && output !== succeeds) return null
        return succeeds ? input.to : state
      }
    }
  },
  text: SAME,
  says(input, output) {
    if (input.do === 'read') return `read ${output ?? '?'}`
    if (input.do === 'write') return `write ${input.value}`
    return `cas ${input.from}→${input.to}${output === false ? ' failed' : ''}`
  },
}

export type StoreInput =
  | { readonly do: 'get'; readonly key: string }
  | { readonly do: 'put' | 'append'; readonly key: string; readonly value: string }

/** One key of a store of texts: get, put, append; empty at first. */
export const storedText: SequentialModel<string, StoreInput, string> = {
  initial: '',
  step(state, input, output) {
    if (input.do === 'get') return output === undefined || output === state ? state : null
    return input.do === 'put' ? input.value : state + input.value
  },
  text: SAME,
  says: (input, output) =>
    input.do === 'get'
      ? `get ${JSON.stringify(output ?? '?')}`
      : `${input.do} ${JSON.stringify(input.value)}`,
}
