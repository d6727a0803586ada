/**
 * What is sent: 64 bytes, the same to the byte in our runs and in the bare scripts. For us they are
 * a message of an algorithm, checked against its shape; for a bare script just bytes.
 */

const PAYLOAD_BYTES = 64

/** The text that makes the JSON of a message with one empty text field 64 bytes long. */
const filler = (message: object) => 'x'.repeat(PAYLOAD_BYTES - JSON.stringify(message).length)

export const NOTE = { type: 'note', text: filler({ type: 'note', text: '' }) } as const
export const PING = { type: 'ping', text: filler({ type: 'ping', text: '' }) } as const
export const PONG = { type: 'pong', text: filler({ type: 'pong', text: '' }) } as const

/** A token has three digits of hops left: it stops at the least of them, so that its length never changes. */
export const LAST_HOP = 100
export const TOKEN_PAD = filler({ type: 'token', left: LAST_HOP, pad: '' })
export const token = (left: number) => ({ type: 'token', left, pad: TOKEN_PAD }) as const

export const bytesOf = (message: object): Buffer => Buffer.from(JSON.stringify(message))

/** Where in the bytes of a token the digits stand. */
export const LEFT_AT = JSON.stringify(token(LAST_HOP)).indexOf(String(LAST_HOP))
