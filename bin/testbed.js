#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what it needs instead of a syntax error.
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `p2p-testbed needs Node 22.18 or newer; this is ${process.versions.node}. ` +
      'npm run testbed uses the Node 24 that npm ci installs beside it; otherwise get one from https://nodejs.org\n',
  )
  process.exit(69)
}
module.enableCompileCache?.()
const { main } = await import('../src/testbed.ts')
await main(process.argv.slice(2))
