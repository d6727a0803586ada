/** What each operation cost: its messages, and how many processes they touched. In two sweeps. */
import { remembered } from './remembered.ts'
import type { RunData } from './run-data.ts'

export interface OperationFigures {
  readonly messages: Uint32Array // by operation: sent, copies not counted
  readonly processes: Uint16Array // by operation: at which it had a step
}

export const operationFigures = remembered((data, _: null): OperationFigures => {
  const messages = new Uint32Array(data.operations.length)
  const processes = new Uint16Array(data.operations.length)
  if (data.operations.length === 0) return { messages, processes }
  const { sendAt, copyOf, length } = data.messages
  for (let m = 0; m < length; m++) {
    const operation = copyOf[m] === -1 ? operationOfEvent(data, sendAt[m]!) : -1
    if (operation !== -1) messages[operation]!++
  }
  const lastSeenAt = new Int32Array(data.operations.length).fill(-1) // a process at a time: no sets
  for (let process = 0; process < data.processes.length; process++) {
    for (const i of data.ofProcess(process)) {
      const operation = data.isStep(i) ? data.operationOf(i) : -1
      if (operation === -1 || lastSeenAt[operation] === process) continue
      lastSeenAt[operation] = process
      processes[operation]!++
    }
  }
  return { messages, processes }
})

/** The operation that an event belongs to by its step or its message; -1 for none. */
export function operationOfEvent(data: RunData, i: number): number {
  const step = data.stepOf(i)
  if (step !== -1) return data.operationOf(step)
  const message = data.messageOf(i)
  const sender = message === -1 ? -1 : data.stepOf(data.messages.sendAt[message]!)
  return sender === -1 ? -1 : data.operationOf(sender)
}

/** From the request to the last step, in ns. */
export function operationNs(data: RunData, operation: number): number {
  const { position, lastAt } = data.operations[operation]!
  return data.timeNs(lastAt) - data.timeNs(position)
}
