/**
 * The trace server's application: pages for people, an API for programs, and a
 * receiver of OTLP. Everything it reads may come from anybody on this machine.
 */
import express, { type Express } from 'express'
import { type ActingPort, actRoutes } from './acts.ts'
import { answerFailures, refuse } from './body.ts'
import { EventStreams, type StreamTimes } from './event-stream.ts'
import { ForeignRuns } from './foreign-runs.ts'
import { guard } from './guard.ts'
import { liveRoutes } from './live-routes.ts'
import { otlpRoute } from './otlp-route.ts'
import { outlineRoutes } from './outline-routes.ts'
import { messagePage } from './pages/layout.ts'
import { pageRoutes } from './pages/page-routes.ts'
import type { RunStore } from './run-store.ts'
import { runsApi } from './runs-api.ts'
import { VIEWER_DIR, viewerLink, viewerRoutes } from './viewer.ts'

export interface AppOptions {
  readonly hosts?: readonly string[] // answered for besides loopback, without port
  readonly viewerDir?: string // the built viewer
  readonly streams?: StreamTimes
  readonly acting?: ActingPort // on runs of the process that this server is part of
}

export interface TraceApp {
  readonly app: Express
  /** Ends what would not end by itself: readers of what goes on. */
  endStreams(): Promise<void>
  close(): void
}

export function traceApp(store: RunStore, options: AppOptions = {}): TraceApp {
  const { hosts = [], viewerDir = VIEWER_DIR, streams: times, acting } = options
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  const foreign = new ForeignRuns(store)
  const streams = new EventStreams(times)
  app.use(guard(hosts))
  app.use(otlpRoute(foreign))
  app.use(runsApi(store))
  app.use(outlineRoutes(store))
  app.use(liveRoutes(store, streams))
  app.use(actRoutes(store, acting))
  app.use(viewerRoutes(viewerDir))
  app.use(pageRoutes(store, viewerLink(viewerDir)))
  app.use((request, response) => {
    if (/^\/(api|v1)\//.test(request.path)) return refuse(response, 404, 'there is nothing here')
    response.status(404).type('html').send(messagePage('Nothing here', 'This address leads to no page.'))
  })
  app.use(answerFailures)
  return { app, endStreams: () => streams.close(), close: () => foreign.close() }
}
