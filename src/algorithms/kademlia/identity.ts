/**
 * Who somebody is: its number is the hash of its name and of a nonce, and the
 * nonce is the proof of work. Nobody can choose a place among the numbers, and
 * many names cost much work (I. Baumgart and S. Mies, "S/Kademlia", ICPADS 2007,
 * §4.1, the static puzzle). The name is that of the connection, which is
 * authenticated; the number is never sent: whoever hears of somebody works it out.
 */
import { sha256 } from '../../lib/sha256.ts'
import { beginsWithZeros } from '../../lib/zero-bits.ts'
import type { ProcessId } from '../../model/process.ts'
import type { Shape } from '../../model/shape.ts'
import type { Id } from './xor-metric.ts'

/** Somebody one has heard of. */
export interface Contact {
  readonly process: ProcessId
  readonly nonce: number
  readonly id: Id
}

export const idOf = (process: ProcessId, nonce: number): Id => sha256(`${process}/${nonce}`)

/**
 * The hash of the number begins with so many zero bits. Not the number itself: all would have
 * the same beginning, and be in one corner.
 */
export const proves = (id: Id, difficulty: number): boolean => beginsWithZeros(sha256(id), difficulty)

/** The work: 2^difficulty hashes on average. */
export function mine(process: ProcessId, difficulty: number): Contact {
  for (let nonce = 0; ; nonce++) {
    const id = idOf(process, nonce)
    if (proves(id, difficulty)) return { process, nonce, id }
  }
}

/** A contact as messages carry it: `p03/17`. */
export type ContactText = string

const FORM = /^(p\d{2,6})\/(\d{1,9})$/

export const contactShape: Shape<ContactText> = {
  label: 'contact, like p03/17',
  fits: (value): value is ContactText => typeof value === 'string' && FORM.test(value),
  parse: (text) => text,
}

export const textOf = ({ process, nonce }: Contact): ContactText => `${process}/${nonce}`

/** What such a text says; its number is another matter, and costs a hash. */
export function readContact(text: ContactText): { process: ProcessId; nonce: number } {
  const [process, nonce] = text.split('/')
  return { process: process!, nonce: Number(nonce) }
}
