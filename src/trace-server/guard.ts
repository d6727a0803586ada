/**
 * Who may speak to the server. It listens on loopback without a password, so a
 * page of a foreign site must not reach it through its reader's browser: the
 * Host header must be one of ours (DNS rebinding), and whatever changes
 * something must come from our own page or from no page at all.
 */
import type { RequestHandler } from 'express'

const OURS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const withoutPort = (host: string) => host.toLowerCase().replace(/:\d{1,5}$/, '')

/** Whether a Host header names this machine as it names itself. */
export const isOurs = (host: string): boolean => OURS.includes(withoutPort(host))

export function guard(moreHosts: readonly string[] = []): RequestHandler {
  const hosts = new Set([...OURS, ...moreHosts.map((host) => host.toLowerCase())])
  return (request, response, next) => {
    response.set(HEADERS)
    const host = request.headers.host
    if (host === undefined || !hosts.has(withoutPort(host))) {
      // RFC 9110 §15.5.20: not a host this server answers for
      response
        .status(421)
        .json({ message: 'this server does not answer for that Host; use localhost or 127.0.0.1' })
      return
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const { origin } = request.headers
    if (!reads && origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      response.status(403).json({ message: 'a page of another origin may not write here' })
      return
    }
    next()
  }
}
