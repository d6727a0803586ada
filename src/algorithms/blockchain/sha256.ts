/**
 * SHA-256 (FIPS 180-4) of bytes, as hexadecimal text: pure, so that a handler may use it. Checked
 * against the platform's in the tests.
 */

const WORDS = 64

/** The first 32 bits of the fractional parts of a root of the first primes (FIPS 180-4, §4.2.2, §5.3.3). */
function fractions(count: number, root: (prime: bigint) => bigint): Int32Array {
  const found: number[] = []
  for (let n = 2n; found.length < count; n++) {
    let isPrime = true
    for (let d = 2n; d * d <= n; d++) if (n % d === 0n) isPrime = false
    if (isPrime) found.push(Number(BigInt.asIntN(32, root(n))))
  }
  return Int32Array.from(found)
}

/** The greatest x with x^power ≤ n · 2^(32 · power): the root with 32 binary places, in integers. */
function rootOf(n: bigint, power: bigint): bigint {
  const scaled = n << (32n * power)
  let low = 0n
  let high = 1n << 64n
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** power <= scaled) low = middle
    else high = middle
  }
  return low
}

const K = fractions(WORDS, (prime) => rootOf(prime, 3n))
const H = fractions(8, (prime) => rootOf(prime, 2n))

const turn = (word: number, by: number) => (word >>> by) | (word << (32 - by))

/** The message, a one bit, zeros, and its length in bits, in blocks of 64 bytes. */
function padded(bytes: Uint8Array): DataView {
  const whole = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 0x2000_0000))
  view.setUint32(whole.length - 4, (bytes.length << 3) >>> 0)
  return view
}

function compress(sum: Int32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = sum as unknown as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ]
  for (let t = 0; t < WORDS; t++) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t]! + w[t]!
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) sum[i] = (sum[i]! + word) | 0
}

export function sha256(bytes: Uint8Array): string {
  const view = padded(bytes)
  const sum = Int32Array.from(H)
  const w = new Int32Array(WORDS)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t)
    for (let t = 16; t < WORDS; t++) {
      const [x, y] = [w[t - 15]!, w[t - 2]!]
      const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
      const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
      w[t] = (w[t - 16]! + low + w[t - 7]! + high) | 0
    }
    compress(sum, w)
  }
  return [...sum].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
