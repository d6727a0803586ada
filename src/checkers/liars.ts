/**
 * Who does not do what the algorithm says. A promise is made by correct processes and to them: what a liar
 * has of it is nobody's concern (V. Hadzilacos and S. Toueg, 1994, §2.3).
 */
import type { HistoryEvent } from '../model/history.ts'

/** Whether the process of this event has just lied, or kept silent where it should speak. */
export const lies = (event: HistoryEvent<any>): boolean =>
  event.kind === 'fault' && event.what.includes('(byzantine ') // its text ends with that of the fault
