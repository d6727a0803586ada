import { defineConfig } from 'vitest/config'

// A test waits for a condition, not for a time; the limit is for what hangs, on a machine that is busy.
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'tests/**/*.test.ts',
      'web/{app,draw,export,model,paint}/**/*.test.{ts,tsx}',
    ],
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
