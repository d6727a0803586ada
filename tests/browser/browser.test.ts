/**
 * The pages as a person meets them, in a real Chromium, on real runs. One file, so that the runs, the
 * server and the browser are there once; the journeys are beside it.
 */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { isRequired, isThere, missing } from './chromium.ts'
import { acting } from './journeys/acting.ts'
import { address } from './journeys/address.ts'
import { big } from './journeys/big.ts'
import { comparing } from './journeys/comparing.ts'
import { cuts } from './journeys/cuts.ts'
import { exports } from './journeys/exports.ts'
import { forEverybody } from './journeys/for-everybody.ts'
import { hostile } from './journeys/hostile.ts'
import { live } from './journeys/live.ts'
import { motifs } from './journeys/motifs.ts'
import { networks } from './journeys/networks.ts'
import { panes } from './journeys/panes.ts'
import { pictures } from './journeys/pictures.ts'
import { reading } from './journeys/reading.ts'
import { traces } from './journeys/traces.ts'
import { journeysOf, type Stage, setStage } from './stage.ts'

if (!isThere && !isRequired) process.stderr.write(`The browser tests are skipped. ${missing}\n`)

test.skipIf(!isThere && !isRequired)('there is a Chromium', () => {
  if (!isThere) throw new Error(missing)
})

describe.skipIf(!isThere)('in a browser', () => {
  let stage: Stage | null = null
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage?.leave())
  const journey = journeysOf(() => stage!)

  describe('reading a run', () => reading(journey))
  describe('the cut', () => cuts(journey))
  describe('two runs', () => comparing(journey))
  describe('exports', () => exports(journey))
  describe('a run of many events', () => big(journey))
  describe('the panes', () => panes(journey))
  describe('states and the network', () => networks(journey))
  describe('motifs', () => motifs(journey))
  describe('traces', () => traces(journey))
  describe('the address', () => address(journey))
  describe('a run that goes on', () => live(journey))
  describe('acting on a run', () => acting(journey))
  describe('texts from outside', () => hostile(journey))
  describe('for everybody', () => forEverybody(journey))
  describe('pictures', () => pictures(journey))
})
