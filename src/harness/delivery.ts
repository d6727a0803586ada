import { UsageError } from '../lib/usage-error.ts'
import type { Delivery } from '../runtimes/experiment.ts'

/** The forms that `parseDelivery` reads. */
export const DELIVERY_FORMS = 'fifo, unordered, overtaking=K'

/** Reads an order of delivery as it is written after `--channels`. */
export function parseDelivery(text: string): Delivery {
  if (text === 'fifo' || text === 'unordered') return text
  const [, most] = /^overtaking=(\d{1,6})$/.exec(text) ?? []
  if (most !== undefined) return { overtaking: Number(most) }
  const meaning = 'with K = 2 a message is overtaken by at most two that were sent after it'
  throw new UsageError(`--channels '${text}': write ${DELIVERY_FORMS}; ${meaning}`)
}

export const isFifo = (delivery: Delivery): boolean =>
  delivery === 'fifo' || (delivery !== 'unordered' && delivery.overtaking === 0)

export const deliveryText = (delivery: Delivery): string =>
  typeof delivery === 'string' ? delivery : `overtaking=${delivery.overtaking}`
