/** Bytes to be read by the piece: of a file, opened for as long as it is read and no longer, or in memory. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** `length` bytes from `at` on; fewer where the source ends. */
export type Read = (at: number, length: number) => Uint8Array

export interface ByteSource {
  /** Throws when the source cannot be read. */
  reading<T>(work: (read: Read, size: number) => T): T
}

export const fileSource = (path: string): ByteSource => ({
  reading: (work) => {
    const fd = openSync(path, 'r')
    try {
      const read: Read = (at, length) => {
        const bytes = new Uint8Array(length)
        let filled = 0
        while (filled < length) {
          const more = readSync(fd, bytes, filled, length - filled, at + filled)
          if (more === 0) return bytes.subarray(0, filled)
          filled += more
        }
        return bytes
      }
      return work(read, fstatSync(fd).size)
    } finally {
      closeSync(fd)
    }
  },
})

export const memorySource = (bytes: Uint8Array): ByteSource => ({
  reading: (work) => work((at, length) => bytes.subarray(at, at + length), bytes.length),
})
