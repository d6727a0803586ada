import { expect, test } from 'vitest'
import { type ProcessEvent, react, type Signature, type Upon } from './process.ts'

interface Little extends Signature {
  request: { type: 'go' }
  message: never
  timer: never
  indication: never
  state: object
  stable: never
}

const go: ProcessEvent<Little> = { kind: 'request', request: { type: 'go' } }
const upon = (handler: () => void): Upon<Little> => ({ request: { go: handler } })

test('an asynchronous handler is refused by name, and what becomes of it is nobody’s', () => {
  const later = upon(async () => {
    throw new Error('later')
  })
  expect(() => react(later, go)).toThrow("the request handler for 'go' is asynchronous; a step is one piece")
})

test('an event that no handler is for is refused by name', () => {
  const stray = { kind: 'request', request: { type: 'stop' } } as unknown as ProcessEvent<Little>
  expect(() =>
    react(
      upon(() => {}),
      stray,
    ),
  ).toThrow("no request handler for 'stop'")
})
