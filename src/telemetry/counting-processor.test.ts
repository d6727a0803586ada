import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { CountingProcessor } from './counting-processor.ts'

type Callback = Parameters<SpanExporter['export']>[1]

/** An exporter that answers when the test does. */
function processorOf(answers: Callback[]): CountingProcessor {
  const exporter: SpanExporter = {
    export: (_, callback) => answers.push(callback),
    shutdown: () => Promise.resolve(),
  }
  return new CountingProcessor(exporter, () => null)
}

function make(processor: CountingProcessor, spans: number): void {
  for (let i = 0; i < spans; i++) {
    processor.onStart()
    processor.onEnd({} as ReadableSpan)
  }
}

const SUCCESS = { code: 0 }

describe('the count', () => {
  it('once given at the end, stays, though an answer comes later', async () => {
    const answers: Callback[] = []
    const processor = processorOf(answers)
    make(processor, 5)
    await processor.close(1)
    const count = processor.count()
    expect(count).toMatchObject({ made: 5, accepted: 0, dropped: 5 })
    answers[0]!(SUCCESS)
    expect(processor.count()).toEqual(count)
  })

  it('of an endpoint given up still takes answers to what was under way', async () => {
    const answers: Callback[] = []
    const processor = processorOf(answers)
    make(processor, 10_000)
    expect(answers).toHaveLength(4)
    for (const answer of answers.slice(0, 3)) answer({ code: 1, error: new Error('reset\n by peer') })
    expect(answers).toHaveLength(4)
    expect(processor.count()).toMatchObject({ dropped: 10_000 - 2048, note: 'no answer: reset by peer' })
    answers[3]!(SUCCESS)
    await processor.close(1_000)
    expect(processor.count()).toMatchObject({ made: 10_000, accepted: 2048, dropped: 10_000 - 2048 })
  })

  it('recovers its pace after requests without an answer', () => {
    const answers: Callback[] = []
    const processor = processorOf(answers)
    make(processor, 20_000)
    answers[0]!({ code: 1, error: new Error('reset') })
    expect(answers, 'no new one while in doubt').toHaveLength(4)
    answers[1]!(SUCCESS)
    expect(answers, 'four under way again').toHaveLength(6)
  })

  it('can be closed twice, and with nothing made', async () => {
    const processor = processorOf([])
    await processor.close(10_000)
    await processor.close(10_000)
    expect(processor.count()).toEqual({ made: 0, accepted: 0, refused: 0, dropped: 0, note: null })
  })
})
