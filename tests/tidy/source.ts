/** Source files as syntax trees: a word in a comment is no offence, and an import of a type is an import. */
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'

export type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<
  string,
  any
>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

export function* childrenOf(node: Node): Generator<[key: string, child: Node]> {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield [key, child]
  }
}

export function* walk(
  node: Node,
  parent: Node | null = null,
  key = '',
): Generator<[Node, Node | null, string]> {
  yield [node, parent, key]
  for (const [name, child] of childrenOf(node)) yield* walk(child, node, name)
}

export interface Source {
  readonly path: string
  readonly text: string
  readonly program: Node
  readonly lineOf: (offset: number) => number
}

export function parse(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]!.message}`)
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const lineOf = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1
  return { path, text, program: program as unknown as Node, lineOf }
}

export interface Import {
  readonly target: string // a path from the root, or a package
  readonly relative: boolean
  readonly onDemand: boolean
  readonly line: number
}

export function importsOf({ path, program, lineOf }: Source): Import[] {
  return [...walk(program)].flatMap(([node]) => {
    const target = node.source?.value
    if (typeof target !== 'string') return []
    const relative = target.startsWith('.')
    const onDemand = node.type === 'ImportExpression'
    return [
      {
        target: relative ? normalize(join(dirname(path), target)) : target,
        relative,
        onDemand,
        line: lineOf(node.start),
      },
    ]
  })
}

/** A test, or what tests share: `testing.ts`. The program itself imports neither. */
export const isTest = (path: string) => /(\.test|\/testing)\.ts$/.test(path)
