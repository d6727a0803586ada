/** A file that only grows, by whole pieces: a piece that the disk takes in part is taken back. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'

/** What writes bytes; replaced in tests by one that runs full. */
export type Write = (fd: number, bytes: Uint8Array) => void

export const writeAll: Write = (fd, bytes) => {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

export class GrowingFile {
  readonly #fd: number
  readonly #write: Write
  #bytes = 0

  /** The file must not be there yet. */
  constructor(path: string, write: Write) {
    this.#fd = openSync(path, 'wx')
    this.#write = write
  }

  get bytes(): number {
    return this.#bytes
  }

  add(bytes: Uint8Array): void {
    try {
      this.#write(this.#fd, bytes)
    } catch (error) {
      this.cutBackTo(this.#bytes)
      throw error
    }
    this.#bytes += bytes.length
  }

  cutBackTo(bytes: number): void {
    ftruncateSync(this.#fd, bytes)
    this.#bytes = bytes
  }

  close(): void {
    closeSync(this.#fd)
  }
}
