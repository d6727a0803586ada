/**
 * Who may be a member: whoever has worked for it, and speaks the protocol. The
 * name is that of the connection, which is authenticated; the work is bound to
 * the name, so nobody can bring another's, and a thousand names cost a thousand
 * times the work (J. Douceur, "The Sybil Attack", IPTPS 2002).
 */
import { sha256 } from '../../lib/sha256.ts'
import { beginsWithZeros } from '../../lib/zero-bits.ts'
import type { ProcessId } from '../../model/process.ts'

export const proves = (process: ProcessId, nonce: number, difficulty: number): boolean =>
  beginsWithZeros(sha256(`${process}/${nonce}`), difficulty)

/** The work: 2^difficulty hashes on average. */
export function mine(process: ProcessId, difficulty: number): number {
  for (let nonce = 0; ; nonce++) if (proves(process, nonce, difficulty)) return nonce
}

/** Name, version and capabilities; a member must have all of these capabilities, and may have more. */
export const SPEAKS = 'membership/1.0 ping indirect sync'

const FORM = /^([a-z-]{1,20})\/(\d{1,3})\.(\d{1,3})((?: [a-z-]{1,20})*)$/

/** Why we do not understand one another; null if we do. A greater minor version only adds. */
export function misunderstanding(speaks: string): string | null {
  const [, name, major, , listed] = FORM.exec(speaks) ?? []
  const [, own, version, , needed] = FORM.exec(SPEAKS)!
  if (name === undefined) return 'this is no protocol, version and capabilities'
  if (name !== own) return `it speaks ${name}, here it is ${own}`
  if (major !== version) return `it speaks version ${major}, here it is ${version}`
  const has = new Set(listed!.split(' '))
  const missing = needed!.split(' ').filter((capability) => !has.has(capability))
  return missing.length === 0 ? null : `it is not capable of ${missing.join(', ')}`
}

/** What a process of another network, or of a later time, would say. */
export const FOREIGN = 'membership/2.0 ping sync'
