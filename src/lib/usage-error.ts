/** The operator's mistake. The message is the sentence that repairs it (exit 64); no stack trace is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
