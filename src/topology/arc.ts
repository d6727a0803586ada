/** A channel, by the indices of its ends. */
export type Arc = readonly [from: number, to: number]

/** Two processes with channels both ways, by their indices, in any order. */
export type Pair = readonly [number, number]

/**
 * More channels than a run can hold: each has a queue in the simulator and a
 * stream on libp2p (at about 1 kB each these are 4 GB).
 */
const CHANNELS_MAX = 4_000_000

/** Why that many channels cannot be, or null. */
export const tooMany = (channels: number): string | null =>
  channels <= CHANNELS_MAX ? null : `that would be ${channels} channels; at most ${CHANNELS_MAX} can be`
