import { type ChainMemory, chainFigures, highest } from '../../checkers/chain-figures.ts'
import type { Report } from '../../model/catalogue.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Blockchain } from './vocabulary.ts'

interface Memory extends ChainMemory {
  readonly lies: Map<ProcessId, number>
  sent: number
}

/** Rows shown: enough for a run that is read. */
const ROWS_MAX = 40

/** The blocks of the chain at the end, how soon all had them, and how many were mined in vain. */
export const chainReport: Report<Blockchain, Memory> = {
  initial: (places) => ({
    blocks: new Map(),
    chains: new Map(places.map(({ self }) => [self, []])),
    lies: new Map(),
    sent: 0,
    deepest: 0,
  }),
  upon(memory, event) {
    const { blocks, chains, lies } = memory
    if (event.kind === 'send') memory.sent++
    if (event.kind === 'crash') chains.set(event.at, [])
    if (event.kind !== 'indicate') return
    const { at, timeNs, indication } = event
    if (indication.type === 'foundOut') lies.set(indication.peer, (lies.get(indication.peer) ?? 0) + 1)
    if (indication.type !== 'adopted') return
    const { height, blocks: adopted } = indication
    const chain = chains.get(at)!
    memory.deepest = Math.max(memory.deepest, chain.length - height)
    chain.splice(height, Number.POSITIVE_INFINITY, ...adopted.map(({ hash }) => hash))
    for (const [i, { hash, minedBy, messages }] of adopted.entries()) {
      const fresh = { height: height + i, minedBy, messages: messages.length, atNs: timeNs, lastNs: timeNs }
      const found = blocks.get(hash) ?? { ...fresh, holders: new Set() }
      blocks.set(hash, found)
      if (!found.holders.has(at)) found.lastNs = timeNs
      found.holders.add(at)
    }
  },
  tables(memory) {
    const { chains, lies, sent } = memory
    const main = highest(memory)
    const rows = main.slice(0, ROWS_MAX).map(({ hash, height, minedBy, messages, atNs, lastNs, holders }) => {
      const agreed = holders.size === chains.size ? ms(lastNs - atNs) : `${holders.size} have it`
      return [height, minedBy, messages, `${hash.slice(0, 8)}…${hash.slice(-4)}`, ms(atNs), agreed]
    })
    const { blocks, orphans, orphanRate, agreedMs } = chainFigures(memory)
    const found = [...lies].map(([peer, times]) => `${peer} ${times}×`)
    return [
      {
        title: 'Chain',
        columns: ['height', 'mined by', 'messages', 'hash', 'mined at ms', 'all had it after ms'],
        rows,
        summary:
          `${blocks} blocks mined, ${orphans} orphans (${(100 * orphanRate).toFixed(1)} %); ` +
          `all had a block ${agreedMs.toFixed(1)} ms after it was mined; ${sent} messages` +
          (found.length > 0 ? `; found out: ${found.join(', ')}` : '') +
          (main.length > rows.length ? `; the first ${rows.length} are shown` : ''),
      },
    ]
  },
}

const ms = (ns: number) => (ns / 1e6).toFixed(1)
