/**
 * What kind of failure a sentence tells of: itself, with the names of processes and messages, numbers
 * and values taken out. Two runs that break a promise in the same way have the same; without it a
 * shortened run slips from one failure to another.
 */
export function findingShape(explanation: string): string {
  return bracketed(explanation.replace(/"(?:[^"\\]|\\.)*"/g, '"…"'))
    .replace(/\bp\d{2,6}#(?:\d+|\?)/g, 'M')
    .replace(/\bp\d{2,6}\b/g, 'P')
    .replace(/-?\d+(?:\.\d+)?/g, 'N')
    .replace(/\b([PMN])(?:(?:, | and )\1\b)+/g, '$1') // a list, however long
}

/** A value in brackets, however deep: that there is one, or that it is empty. */
function bracketed(text: string): string {
  const less = text.replace(/\[[^[\]{}]+\]|\{[^[\]{}]+\}/g, '⟨…⟩')
  return less === text ? text : bracketed(less)
}
