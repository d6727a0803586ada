/** Each check takes sources and gives complaints, one sentence each, with file and line. */
import {
  bans,
  COLUMNS_MAX,
  FOREIGN_PLACES,
  LINES_MAX,
  layers,
  NOTES_HEADINGS,
  OPTIONAL_DATA,
} from './rules.ts'
import { childrenOf, importsOf, isTest, type Node, type Source, walk } from './source.ts'

/** The folder that is one unit: inside it everybody may import everybody. */
const unitOf = (path: string): string =>
  /^src\/(?:algorithms|runtimes)\/[^/]+(?=\/)/.exec(path)?.[0] ??
  (/^src\/cli\/|^src\/[^/]+$/.test(path) ? 'src (top)' : (/^src\/[^/]+|^[^/]+/.exec(path)?.[0] ?? path))

function layerOf(path: string, mains: ReadonlySet<string>): string {
  const unit = unitOf(path)
  if (!unit.startsWith('src/algorithms/')) return unit
  return mains.has(path) ? 'an algorithm' : 'an entry'
}

/** The main file of each algorithm, and whatever it imports from its own folder: all of it stays pure. */
function mainFiles(sources: readonly Source[]): Set<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const mains = new Set(
    sources.map(({ path }) => path).filter((path) => /^src\/algorithms\/([^/]+)\/\1\.ts$/.test(path)),
  )
  for (const path of mains) {
    for (const { target } of importsOf(byPath.get(path)!)) {
      if (byPath.has(target) && unitOf(target) === unitOf(path)) mains.add(target)
    }
  }
  return mains
}

export function importComplaints(sources: readonly Source[]): string[] {
  const mains = mainFiles(sources)
  return sources.flatMap((source) => {
    const { path } = source
    if (isTest(path) || path.startsWith('tests/')) return []
    const layer = layerOf(path, mains)
    const rules = layers[layer]
    if (rules === undefined) return [`${path}: ${layer} has no place among the layers`]
    return importsOf(source).flatMap(({ target, relative, onDemand, line }) => {
      const may = relative
        ? unitOf(target) === unitOf(path) ||
          rules.parts.includes(unitOf(target)) ||
          (path === 'src/algorithms/index.ts' && onDemand && target.startsWith('src/algorithms/'))
        : rules.packages?.test(target)
      return may && !isTest(target) ? [] : [`${path}:${line}: ${layer} may not import ${target}`]
    })
  })
}

/** Files that import each other in a circle, types included; loading on demand is no part of it. */
export function cycles(sources: readonly Source[]): string[] {
  const files = sources.filter(({ path }) => !isTest(path))
  const targets = new Map(
    files.map((source) => [
      source.path,
      importsOf(source).flatMap(({ target, onDemand }) => (onDemand ? [] : [target])),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (done.has(path) || way.includes(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...way, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return found
}

const nameOf = (node: Node): string | undefined => {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return undefined
  const property = node.computed ? node.property.value : node.property.name
  const object = nameOf(node.object)
  return /^(globalThis|window)$/.test(object ?? '') ? String(property) : `${object}.${property}`
}

/** The ban that a node offends, if any. */
function offence(node: Node, parent: Node | null, key: string): string | undefined {
  switch (node.type) {
    case 'ExportDefaultDeclaration':
      return 'export default'
    case 'ExportSpecifier':
      return node.exported.name === 'default' ? 'export default' : undefined
    case 'TSEnumDeclaration':
      return 'an enum'
    case 'TSModuleDeclaration':
      return node.declare ? undefined : 'a namespace'
    case 'NewExpression':
      return `new ${nameOf(node.callee)}`
    case 'VariableDeclarator': {
      // const { random } = Math
      const fields: Node[] = node.id.type === 'ObjectPattern' && node.init ? node.id.properties : []
      const names = fields.map((field) => `${nameOf(node.init)}.${field.key?.name}`)
      return names.find((name) => bans.some(({ what }) => what === name))
    }
    case 'MemberExpression':
      return nameOf(node)?.replace(/^(process\.hrtime)\..*/, '$1')
    case 'Identifier': {
      const names = parent?.type === 'MemberExpression' && key === 'property' && !parent.computed
      const isKey = key === 'key' && parent?.computed !== true && parent?.shorthand !== true
      return names || isKey || parent?.type === 'ImportSpecifier' ? undefined : node.name
    }
    default:
      return undefined
  }
}

export function banComplaints({ path, program, lineOf }: Source): string[] {
  if (isTest(path) || path.startsWith('tests/')) return []
  const complaints = [...walk(program)].flatMap(([node, parent, key]) => {
    const ban = bans.find(({ what }) => what === offence(node, parent, key))
    if (ban === undefined || ban.except.test(path)) return []
    return [`${path}:${lineOf(node.start)}: ${ban.what} is banned, use ${ban.instead}`]
  })
  return [...new Set(complaints)]
}

const isFunction = ({ type }: Node) =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type)

/** A function's lines, less those of the functions of several lines within it. */
function ownLines(node: Node, lineOf: Source['lineOf']): number {
  const span = (of: Node) => lineOf(of.end) - lineOf(of.start) + 1
  const inner = (of: Node): Node[] =>
    [...childrenOf(of)].flatMap(([, child]) =>
      isFunction(child) && span(child) > 1 ? [child] : inner(child),
    )
  const lines = new Set<number>()
  for (let line = lineOf(node.start); line <= lineOf(node.end); line++) lines.add(line)
  for (const child of inner(node)) {
    for (let line = lineOf(child.start); line <= lineOf(child.end); line++) lines.delete(line)
  }
  return lines.size
}

export function sizeComplaints({ path, text, program, lineOf }: Source): string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const tooLong =
    lines.length > LINES_MAX.file ? [`${path}: ${lines.length} lines, at most ${LINES_MAX.file}`] : []
  const tooWide = lines.flatMap((line, i) =>
    line.length > COLUMNS_MAX ? [`${path}:${i + 1}: ${line.length} columns, at most ${COLUMNS_MAX}`] : [],
  )
  const functions = [...walk(program)].flatMap(([node]) => {
    const own = isFunction(node) && !isTest(path) ? ownLines(node, lineOf) : 0
    return own > LINES_MAX.function
      ? [`${path}:${lineOf(node.start)}: a function of ${own} lines, at most ${LINES_MAX.function}`]
      : []
  })
  return [...tooLong, ...tooWide, ...functions]
}

export function foreignComplaints(path: string, text: string): string[] {
  const allowed = path.startsWith('tests/') || isTest(path) ? text.replaceAll(OPTIONAL_DATA, '') : text
  return FOREIGN_PLACES.filter((place) => allowed.includes(place)).map(
    (place) => `${path}: speaks of ${place}`,
  )
}

/** `## What it costs (measured)` and the plain heading are one. Lines in code blocks are no headings. */
const headingsOf = (markdown: string): string[] =>
  [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^## +(.*?)(?: *\(.*\))? *$/gm)].map(
    ([, heading]) => heading!,
  )

/** @param isService of libp2p's own: it has no golden run, for none of its runs is the same twice */
export function algorithmComplaints(
  name: string,
  files: readonly string[],
  notes: string,
  isService = false,
): string[] {
  const isGolden = files.some((file) => /^scenarios\/.*\.txt$/.test(file))
  if (isService && isGolden) return [`src/algorithms/${name} has golden runs of what is never the same`]
  const missing = [
    ['index.ts', files.includes('index.ts')],
    [`${name}.ts`, files.includes(`${name}.ts`)],
    ['a *.test.ts', files.some(isTest)],
    ['scenarios/*.txt', isGolden || isService],
    ['NOTES.md', files.includes('NOTES.md')],
  ].flatMap(([what, there]) => (there ? [] : [`src/algorithms/${name} has no ${what}`]))
  const headings = headingsOf(notes).join(' · ')
  if (headings === NOTES_HEADINGS.join(' · ')) return missing
  return [...missing, `src/algorithms/${name}/NOTES.md has the headings ${headings}`]
}
