import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runOf } from '../trace-format/testing.ts'
import { ask, outcomeOf, serverFor, temporaryFolder } from './testing.ts'

function built(): string {
  const dir = temporaryFolder()
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>viewer</title>')
  writeFileSync(join(dir, 'assets', 'index-abc123.js'), 'export const x = 1')
  writeFileSync(join(dir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(dir, '.secret'), 'secret')
  return dir
}

const KEEP_OUT = "default-src 'self'; frame-ancestors 'none'"

describe('the viewer', () => {
  it('is served with what lets a browser keep its hashed files, and look at its page anew', async () => {
    const { url } = await serverFor({ viewerDir: built() })
    const page = await ask(`${url}/viewer/?run=by-hand`)
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('viewer') })
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-security-policy': KEEP_OUT })
    expect(page.headers['content-type']).toContain('text/html')
    const script = await ask(`${url}/viewer/assets/index-abc123.js`)
    expect(script.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': KEEP_OUT,
    })
    expect(script.headers['content-type']).toContain('javascript')
    expect((await ask(`${url}/viewer/icon.svg`)).headers).toMatchObject({ 'cache-control': 'no-cache' })
    const moved = await ask(`${url}/viewer?run=by-hand`)
    expect(moved).toMatchObject({ status: 308, headers: { location: '/viewer/?run=by-hand' } })
  })

  it('gives nothing but its own files', async () => {
    const dir = built()
    writeFileSync(join(dir, '..', 'trace-server-outside'), 'outside')
    const { url } = await serverFor({ viewerDir: dir })
    const paths = [
      'nothing.js',
      'assets/',
      '.secret',
      '..%2ftrace-server-outside',
      '%2e%2e/trace-server-outside',
    ]
    for (const path of [...paths, '..%5ctrace-server-outside', '%00', 'assets/..%2f..%2f..%2fetc/passwd']) {
      const { status, text } = await ask(`${url}/viewer/${path}`)
      expect([400, 403, 404], path).toContain(status)
      expect(text, path).not.toMatch(/outside|secret|root:/)
    }
    rmSync(join(dir, '..', 'trace-server-outside'))
    expect(await ask(`${url}/viewer/`, { headers: { Host: 'evil.test' } })).toMatchObject({ status: 421 })
    const post = await ask(`${url}/viewer/`, { method: 'POST', headers: { Origin: 'http://evil.test' } })
    expect(post.status).toBe(403)
  })

  it('that is not built says the one command, leads to the ledger, and is served once built', async () => {
    const dir = temporaryFolder()
    const { url } = await serverFor({ viewerDir: dir })
    const page = await ask(`${url}/viewer/?run=by-hand`)
    expect(page.text).toContain('npm run build')
    expect(page.text).toContain('href="/runs/by-hand"')
    for (const odd of ['', '?run=..%2f..%2fetc', '?run=%22%3E%3Cimg%3E', '?run=a&run=b']) {
      const { text } = await ask(`${url}/viewer/${odd}`)
      expect(text, odd).toContain('href="/"')
      expect(text, odd).not.toMatch(/<img|etc/)
    }
    writeFileSync(join(dir, 'index.html'), 'built by now')
    expect(await ask(`${url}/viewer/`)).toMatchObject({ status: 200, text: 'built by now' })
  })

  it('is linked from the list and from each ledger while there is one', async () => {
    const viewerDir = built()
    const { url, store } = await serverFor({ viewerDir })
    store.begin(runOf(2)).end(outcomeOf(), [])
    for (const path of ['/', '/runs/by-hand']) {
      expect((await ask(`${url}${path}`)).text, path).toContain('href="/viewer/?run=by-hand"')
    }
    rmSync(join(viewerDir, 'index.html'))
    for (const path of ['/', '/runs/by-hand'])
      expect((await ask(`${url}${path}`)).text).not.toContain('/viewer/')
  })
})
