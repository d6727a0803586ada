import { expect, test } from 'vitest'
import { decodeBlock } from '../trace-format/block-codec.ts'
import { KIND } from '../trace-format/events.ts'
import type { Outline } from '../trace-format/outline.ts'
import { decodeOutline, outlineBytes } from '../trace-format/outline-codec.ts'
import { runOf } from '../trace-format/testing.ts'
import { outcomeOf, pingPong, serverFor } from './testing.ts'

async function stored() {
  const server = await serverFor()
  const hand = pingPong()
  const writer = server.store.begin(runOf(2))
  for (const block of hand.blocks) writer.append(block)
  writer.end(outcomeOf(), [])
  const get = (path: string) => fetch(`${server.url}/api/runs/by-hand/${path}`)
  return { get, blocks: hand.blocks }
}

function stretches(bytes: Uint8Array): Outline[] {
  const found: Outline[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + outlineBytes(bytes, at)
    found.push(decodeOutline(bytes.subarray(at, end)))
    at = end
  }
  return found
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

test('an outline has the columns of all blocks, and of texts the types', async () => {
  const { get, blocks } = await stored()
  const outline = stretches(await bytesOf(await get('outline.bin')))
  expect(outline.map(({ first }) => first)).toEqual(blocks.map(({ first }) => first))
  const words = outline.flatMap((each) => each.words)
  for (const [b, block] of blocks.entries()) {
    for (const column of ['kind', 'process', 'peer', 'number', 'lamport', 'timeNs', 'localNs'] as const) {
      expect(outline[b]![column]).toEqual(block[column])
    }
  }
  const types = outline.flatMap(({ kind, word }) =>
    [...kind].flatMap((code, i) => (code === KIND.send ? [words[word[i]!]] : [])),
  )
  expect(types).toEqual(['ping', 'pong', 'ping'])
})

test('blocks are sent as they are stored, and none beyond the last', async () => {
  const { get, blocks } = await stored()
  for (const [index, block] of blocks.entries()) {
    expect(decodeBlock(await bytesOf(await get(`blocks/${index}`)))).toEqual(block)
  }
  for (const index of [String(blocks.length), '-1', 'x', '1e3']) {
    expect((await get(`blocks/${index}`)).status).toBe(404)
  }
})

test('a text is found whatever its case, quotes and spaces', async () => {
  const { get } = await stored()
  const found = async (text: string) => [
    ...new Uint32Array(await (await get(`search?text=${encodeURIComponent(text)}`)).arrayBuffer()),
  ]
  expect(await found('PONG')).toHaveLength(1)
  expect(await found('at: 2')).toHaveLength(1)
  expect(await found('"type":"ping"')).toEqual(await found('type: ping'))
  expect(await found('nowhere')).toEqual([])
  expect((await get('search')).status).toBe(400)
})

test('there is no outline of a run that is not there', async () => {
  const server = await serverFor()
  for (const path of ['outline.bin', 'blocks/0', 'search?text=a']) {
    expect((await fetch(`${server.url}/api/runs/none/${path}`)).status).toBe(404)
  }
})
