import { defineConfig } from 'vitest/config'

/** Those with real hosts, clocks, children or a browser: one after another, or they are in each other's way. */
const real = [
  'tests/{runtime-contract,end-to-end,browser}/**/*.test.ts',
  'tests/{sweep,adding-a-module}.test.ts',
]

// A test waits for a condition, not for a time; the limit is for what hangs, on a machine that is busy.
const patience = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: [
            'src/**/*.test.ts',
            'tests/**/*.test.ts',
            'web/{app,draw,export,model,paint}/**/*.test.{ts,tsx}',
          ],
          exclude: real,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        test: {
          name: 'real',
          include: real,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          // Real time on a shared machine: once more there, and the report names what was tried twice.
          retry: process.env.CI === 'true' ? 1 : 0,
          ...patience,
        },
      },
    ],
  },
})
