/**
 * The trace server's application: pages for people, an API for programs, and a
 * receiver of OTLP. Everything it reads may come from anybody on this machine.
 */
import express, { type Express } from 'express'
import { answerFailures, refuse } from './body.ts'
import { ForeignRuns } from './foreign-runs.ts'
import { guard } from './guard.ts'
import { otlpRoute } from './otlp-route.ts'
import { messagePage } from './pages/layout.ts'
import { pageRoutes } from './pages/page-routes.ts'
import type { RunStore } from './run-store.ts'
import { runsApi } from './runs-api.ts'

export interface TraceApp {
  readonly app: Express
  close(): void
}

export function traceApp(store: RunStore, hosts: readonly string[] = []): TraceApp {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  const foreign = new ForeignRuns(store)
  app.use(guard(hosts))
  app.use(otlpRoute(foreign))
  app.use(runsApi(store))
  app.use(pageRoutes(store))
  app.use((request, response) => {
    if (/^\/(api|v1)\//.test(request.path)) return refuse(response, 404, 'there is nothing here')
    response.status(404).type('html').send(messagePage('Nothing here', 'This address leads to no page.'))
  })
  app.use(answerFailures)
  return { app, close: () => foreign.close() }
}
