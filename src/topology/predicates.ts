/** What an algorithm may ask of a topology: for `topology.fits` of catalogue entries. */
import type { Place, ProcessId } from '../model/process.ts'

type Neighbours = (place: Place) => readonly ProcessId[]

const outgoing: Neighbours = (place) => place.outgoing
const incoming: Neighbours = (place) => place.incoming
const either: Neighbours = (place) => [...place.outgoing, ...place.incoming]

/** How many processes a walk from the first one meets. */
function reach(places: readonly Place[], neighbours: Neighbours): number {
  const byId = new Map(places.map((place) => [place.self, place]))
  const met = new Set(places.slice(0, 1).map(({ self }) => self))
  for (const id of met) for (const next of neighbours(byId.get(id)!)) met.add(next)
  return met.size
}

/** Whoever one takes, there is a way to everyone else, in whatever direction channels go. */
export const isConnected = (places: readonly Place[]): boolean => reach(places, either) === places.length

/** A path of channels from everyone to everyone: p00 reaches all, and all reach p00. */
export const isStronglyConnected = (places: readonly Place[]): boolean =>
  reach(places, outgoing) === places.length && reach(places, incoming) === places.length

/** One channel in and one out for each, and all in one circle. */
export const isUnidirectionalRing = (places: readonly Place[]): boolean =>
  places.length >= 2 &&
  places.every((place) => place.outgoing.length === 1 && place.incoming.length === 1) &&
  reach(places, outgoing) === places.length

/** A channel from everyone to everyone else. */
export const isComplete = (places: readonly Place[]): boolean =>
  places.every(({ self, outgoing, incoming }) =>
    [outgoing, incoming].every((ids) => ids.length === places.length - 1 && !ids.includes(self)),
  )

/** Wherever there is a channel, there is one back. */
export const isBidirectional = (places: readonly Place[]): boolean =>
  places.every(({ incoming, outgoing }) => incoming.join() === outgoing.join())
