/**
 * What libp2p brings along and we did not write: a service of its hosts, in the place of an algorithm.
 * It has handlers of its own, which wait in the middle of a step, and nobody sees its state: so it
 * runs on real hosts alone. Whoever asks for its algorithm is refused by name.
 */
import { UsageError } from '../lib/usage-error.ts'

/** What a service is set to, by the service's own names. */
export type ServiceSettings = Readonly<Record<string, number>>

/** A service and what it is set to. */
export interface Service {
  readonly name: string
  readonly settings: ServiceSettings
}

/** For `make` of its entry. */
export const ownedByLibp2p = (name: string) => (): never => {
  throw new UsageError(
    `${name} is a service of libp2p's own and runs on its hosts alone, with --runtime libp2p: ` +
      'it cannot be simulated, explored, swept, replayed or run beneath another algorithm',
  )
}
