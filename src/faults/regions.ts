/**
 * Eight cities, and how long a message takes between two of them at least:
 * light in glass covers two thirds of what it does in a vacuum (index of
 * refraction about 1.5), along the great circle, and whatever is no distance
 * costs a fixed time. Real cables are longer; who wants more adds `jitter`.
 */
import type { ProcessId } from '../model/process.ts'

/**
 * Coordinates in degrees: GeoNames (geonames.org, CC BY 4.0), the record whose
 * number is given. Only the test reads them: sines are left to the machine by the
 * language (ECMA-262 §21.3.2), so what a run goes by is the table below.
 */
export const cities = [
  { name: 'New York', latitude: 40.71427, longitude: -74.00597, record: 5128581 },
  { name: 'London', latitude: 51.50853, longitude: -0.12574, record: 2643743 },
  { name: 'Tokyo', latitude: 35.6895, longitude: 139.69171, record: 1850147 },
  { name: 'São Paulo', latitude: -23.5475, longitude: -46.63611, record: 3448439 },
  { name: 'Sydney', latitude: -33.86785, longitude: 151.20732, record: 2147714 },
  { name: 'Mumbai', latitude: 19.07283, longitude: 72.88261, record: 1275339 },
  { name: 'San Francisco', latitude: 37.77493, longitude: -122.41942, record: 5391959 },
  { name: 'Johannesburg', latitude: -26.20227, longitude: 28.04363, record: 993800 },
] as const

/** Great circles between them in km, in the same order, on a sphere of the earth's mean radius. */
export const distancesKm: readonly (readonly number[])[] = [
  [0, 5570, 10849, 7685, 15989, 12538, 4129, 12839],
  [5570, 0, 9559, 9497, 16994, 7192, 8616, 9070],
  [10849, 9559, 0, 18534, 7826, 6724, 8271, 13540],
  [7685, 9497, 18534, 0, 13358, 13775, 10433, 7429],
  [15989, 16994, 7826, 13358, 0, 10156, 11948, 11041],
  [12538, 7192, 6724, 13775, 10156, 0, 13494, 6984],
  [4129, 8616, 8271, 10433, 11948, 13494, 0, 16964],
  [12839, 9070, 13540, 7429, 11041, 6984, 16964, 0],
]

/** Two thirds of 299,792.458 km/s (the metre's definition, CGPM 1983), in metres in a second. */
const METRES_A_SECOND = 199_861_639
/** What is no distance: both ends' own networks, and all that stands in between. A round figure of ours. */
const FIXED_US = 1_000

/** From one process to another. They are dealt over the cities in the order of their ids. */
export function regionUs(from: ProcessId, to: ProcessId): number {
  const km = distancesKm[cityOf(from)]![cityOf(to)]!
  return FIXED_US + Math.round((km * 1_000 * 1_000_000) / METRES_A_SECOND)
}

export const cityOf = (id: ProcessId): number => Number(id.slice(1)) % cities.length
