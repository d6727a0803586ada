/** The history of a foreign program as the bytes of an events.bin, made of its spans. */
import { fileBlock, fileHeader } from '../trace-format/block-codec.ts'
import { foreignBlocks } from '../trace-format/foreign-events.ts'
import type { ForeignSpan } from '../trace-format/otlp-decode.ts'
import { joined } from '../trace-format/protobuf-wire.ts'
import type { RunDescription } from '../trace-format/run.ts'

export const foreignImage = (spans: Iterable<ForeignSpan>, run: RunDescription): Uint8Array =>
  joined([fileHeader(), ...foreignBlocks(spans, run).map(fileBlock)])
