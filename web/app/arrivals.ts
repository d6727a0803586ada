/** What was looked at and had to be fetched. Who shows what events say reads `arrived`. */
import { signal } from '@preact/signals'

export const arrived = signal(0) // counts what came
export const arrivalProblem = signal<string | null>(null)

export function note(problem: unknown): void {
  arrived.value++
  if (problem !== null) {
    const why = problem instanceof Error ? problem.message : String(problem)
    arrivalProblem.value = `What events say cannot be read: ${why}.`
  }
}
