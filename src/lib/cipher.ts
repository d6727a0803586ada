/**
 * Texts sealed with AES-256-GCM (NIST SP 800-38D). Under one key no nonce may
 * come twice, or what is sealed can be read and forged: whoever seals counts,
 * and does not begin again from 0 after a crash. A sealed text is hexadecimal:
 * 12 bytes of nonce, the cipher text, 16 bytes of tag.
 */
import { createCipheriv, createDecipheriv, hash } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The first half of the nonce says which life of the holder it is, the second counts in it. */
export interface Nonce {
  readonly epoch: number
  readonly count: number
}

/** `about` is not hidden, but opens only with the same. */
export function seal(key: string, nonce: Nonce, text: string, about: string): string {
  const bytes = Buffer.alloc(NONCE_BYTES)
  bytes.writeUIntBE(nonce.epoch, 0, 6)
  bytes.writeUIntBE(nonce.count, 6, 6)
  const cipher = createCipheriv(ALGORITHM, keyBytes(key), bytes)
  cipher.setAAD(Buffer.from(about))
  const sealed = Buffer.concat([bytes, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return sealed.toString('hex')
}

/** The text; null if it was not sealed with this key and about this, or has been changed. */
export function open(key: string, sealed: string, about: string): string | null {
  const bytes = Buffer.from(sealed, 'hex')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv(ALGORITHM, keyBytes(key), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(about))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
  try {
    return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}

const keyBytes = (key: string) => hash('sha256', key, 'buffer')
