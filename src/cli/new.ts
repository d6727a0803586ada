import { EXIT, type ExitCode } from './exit-codes.ts'
export async function newModule(_argv: readonly string[]): Promise<ExitCode> {
  return EXIT.usage
}
