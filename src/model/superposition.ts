import type { Context, Signature } from './process.ts'

/** What an algorithm must carry for the one it is superimposed on. */
export interface Carrying<Basic extends Signature> extends Signature {
  request: { type: 'basic'; request: Basic['request'] }
  message: { type: 'basic'; message: Basic['message'] }
  timer: { type: 'basic'; timer: Basic['timer'] }
  indication: { type: 'basic'; indication: Basic['indication'] }
  state: never // the context says nothing of it
  stable: Basic['stable']
}

/** The context of the algorithm beneath: whatever it says is carried as `basic`. */
export function beneath<Basic extends Signature>(context: Context<Carrying<Basic>>): Context<Basic> {
  return {
    ...context,
    send: (to, message) => context.send(to, { type: 'basic', message }),
    indicate: (indication) => context.indicate({ type: 'basic', indication }),
    setTimer: (timer, minMs, maxMs) => context.setTimer({ type: 'basic', timer }, minMs, maxMs),
    cancelTimer: (timer) => context.cancelTimer({ type: 'basic', timer }),
  }
}

/**
 * The type of a message, or of the basic message it carries, however deep: what fault rules and
 * statistics go by.
 */
export function innermostType(message: { readonly type: string; readonly message?: unknown }): string {
  let inner = message
  while (inner.type === 'basic' && typeof inner.message === 'object' && inner.message !== null) {
    inner = inner.message as typeof inner
  }
  return inner.type
}
