/** The history of a foreign program as the bytes of an events.bin, made of its stored spans. */
import { fileBlock, fileHeader } from '../trace-format/block-codec.ts'
import { foreignBlocks } from '../trace-format/foreign-events.ts'
import { joined } from '../trace-format/protobuf-wire.ts'
import type { RunDescription } from '../trace-format/run.ts'
import { storedSpans } from './stored-spans.ts'

export const foreignImage = (path: string, run: RunDescription): Uint8Array =>
  joined([fileHeader(), ...foreignBlocks(storedSpans(path), run).map(fileBlock)])
