/**
 * How the viewer is built. `base` is relative: the page works wherever the
 * server hangs it. Nothing is inlined, as its Content-Security-Policy is
 * `default-src 'self'`. For work on the viewer, `vite` and `vite preview`
 * hand `/api` on to a running trace server.
 */
import { defineConfig } from 'vite'

const root = import.meta.dirname
const api = { '/api': { target: process.env.TESTBED_URL ?? 'http://127.0.0.1:8700', changeOrigin: true } }

// The tool reads its configuration from the default export.
export default defineConfig({
  root,
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: `${root}/dist`,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: { proxy: api },
  preview: {
    proxy: api,
    headers: { 'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'" },
  },
})
