/**
 * The lock file serves every platform, also those whose packages were not to
 * be had where it was written: npm then leaves them out without a word, and
 * `npm ci` refuses the file elsewhere (github.com/npm/cli/issues/9846).
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Package {
  readonly version?: string
  readonly resolved?: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

const json = (path: string) =>
  JSON.parse(readFileSync(path, 'utf8')) as Package & { packages: Record<string, Package> }
const manifest = json('package.json')
const { packages } = json('package-lock.json')

/** Where a package is found from another one's folder: there, or in any folder above it. */
function found(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}

test('package-lock.json was written for this package.json', () => {
  const { dependencies, devDependencies, optionalDependencies } = packages['']!
  expect({ dependencies, devDependencies, optionalDependencies }).toEqual({
    dependencies: manifest.dependencies,
    devDependencies: manifest.devDependencies,
    optionalDependencies: manifest.optionalDependencies,
  })
})

test('it holds whatever its packages ask for, on any platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) => {
    const asked = Object.keys({ ...dependencies, ...optionalDependencies })
    return asked.filter((name) => !found(path, name)).map((name) => `${path || 'package.json'} → ${name}`)
  })
  expect(missing, 'take versions that are there for all platforms').toEqual([])
})

test('it holds exact versions and no download addresses', () => {
  const entries = Object.entries(packages)
  expect(entries.filter(([, { version }]) => version === undefined).map(([path]) => path)).toEqual([])
  expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  const asked = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  expect(Object.entries(asked).filter(([, version]) => !/^\d/.test(version))).toEqual([])
})
