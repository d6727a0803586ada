/** SHA-256 (FIPS 180-4) of a text in UTF-8, as 64 hexadecimal digits. */
import { hash } from 'node:crypto'

export const sha256 = (text: string): string => hash('sha256', text)
