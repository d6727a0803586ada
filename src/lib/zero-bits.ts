/** Proof of work: a hash that begins with so many zero bits takes 2^bits tries on average. */
export function beginsWithZeros(hexadecimal: string, bits: number): boolean {
  const whole = Math.floor(bits / 4)
  for (let at = 0; at < whole; at++) if (hexadecimal.charCodeAt(at) !== 48) return false
  return Number.parseInt(hexadecimal[whole]!, 16) >> (4 - (bits % 4)) === 0
}
