/** Payloads are JSON; of a damaged file the text itself is all that can be shown. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
