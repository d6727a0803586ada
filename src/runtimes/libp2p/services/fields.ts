/** The fields of a protobuf message, as they stand: for reading what a service says. */
import { WIRE, WireReader } from '../../../trace-format/protobuf-wire.ts'

export interface Field {
  readonly field: number
  readonly value: bigint | Uint8Array
}

export function fieldsOf(body: Uint8Array): Field[] {
  const reader = new WireReader(body)
  const fields: Field[] = []
  while (!reader.done) {
    const tag = reader.tag()
    const [field, type] = [tag >>> 3, tag & 7]
    if (type === WIRE.varint) fields.push({ field, value: reader.varint() })
    else if (type === WIRE.bytes) fields.push({ field, value: reader.bytes() })
    else reader.pass(tag)
  }
  return fields
}

/** All that a field holds, where it is bytes: messages, texts, keys. */
export const bytesOf = (fields: readonly Field[], field: number): Uint8Array[] =>
  fields.flatMap((one) => (one.field === field && one.value instanceof Uint8Array ? [one.value] : []))

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
