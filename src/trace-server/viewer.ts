/**
 * The viewer, as built into a folder of files. It is looked for at every
 * request: whoever builds it while the server runs need not start it again.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { Router } from 'express'
import { isFolderName } from './folder-name.ts'
import { html } from './html.ts'
import { page } from './pages/layout.ts'

export const VIEWER_DIR = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** Where the viewer shows a run; null while there is no viewer. */
export type ViewerLink = (run: string) => string | null

const INDEX = 'index.html'

/** Vite puts a hash of its content into the name of each of these. */
const HASHED = /[/\\]assets[/\\][^/\\]+$/

export const viewerLink =
  (dir: string): ViewerLink =>
  (run) =>
    existsSync(join(dir, INDEX)) ? `/viewer/?run=${encodeURIComponent(run)}` : null

export function viewerRoutes(dir: string): Router {
  const router = Router()
  router.get('/viewer', (request, response, next) => {
    if (request.path === '/viewer/') return next()
    response.redirect(308, `/viewer/${request.url.slice('/viewer'.length)}`)
  })
  router.get('/viewer/', (request, response, next) => {
    if (existsSync(join(dir, INDEX))) return next()
    response.status(404).type('html').send(notBuilt(request.query.run))
  })
  router.use(
    '/viewer',
    express.static(dir, {
      index: INDEX,
      redirect: false,
      cacheControl: false,
      setHeaders: (response, path) => {
        const hashed = HASHED.test(path.slice(dir.length))
        response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
  return router
}

function notBuilt(run: unknown): string {
  const ledger = isFolderName(run)
    ? html`<a href="/runs/${run}">The ledger of this run</a>`
    : html`<a href="/">The ledger of all runs</a>`
  return page(
    'The viewer is not built',
    html`<h1>The viewer is not built</h1>
<p>This builds it; then load this page again:</p>
<pre>npm run build</pre>
<p>${ledger} needs no building.</p>`,
  )
}
