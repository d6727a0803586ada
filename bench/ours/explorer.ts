/** How fast a small case is explored whole, without properties, and what a state takes. */

import { catalogue } from '../../src/algorithms/index.ts'
import { explore } from '../../src/harness/explore.ts'
import type { CatalogueEntry } from '../../src/model/catalogue.ts'
import { answer, task } from '../answer.ts'

const { algorithm, statesMax } = task<{ algorithm: string; statesMax: number }>()
const { entry } = (await catalogue[algorithm]!()) as { entry: CatalogueEntry }
const began = performance.now()
const { states, bytes } = explore({ entry, watch: false, statesMax })
const seconds = (performance.now() - began) / 1000
answer({
  figures: { perSecond: states / seconds, seconds, bytesEach: bytes / states },
  work: { states },
})
