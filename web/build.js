/**
 * Builds the viewer into web/dist: for the server, in files; and as one page
 * into which runs are put, which needs no server. Plain JavaScript, as npm runs
 * it while it installs. Another folder may be named.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const configFile = at('vite.config.ts')
const dist = process.argv[2] ?? at('dist')

try {
  const { build } = await import('vite')
  await build({ configFile, logLevel: 'warn', build: { outDir: dist } })
  await buildOnePage(build)
} catch (error) {
  // An install without the development packages still runs the testbed; only the viewer is missing.
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write(
    'The viewer is not built: vite is not installed. `npm install` and `npm run build` build it.\n',
  )
}

async function buildOnePage(build) {
  const outDir = `${dist}/one-page`
  const rolldownOptions = { output: { codeSplitting: false } }
  await build({ configFile, logLevel: 'warn', build: { outDir, cssCodeSplit: false, rolldownOptions } })
  const [script, style] = ['.js', '.css'].map((ending) => {
    const name = readdirSync(`${outDir}/assets`).find((file) => file.endsWith(ending))
    return readFileSync(`${outDir}/assets/${name}`, 'utf8')
  })
  const html = readFileSync(`${outDir}/index.html`, 'utf8')
    .replace(/<link rel="(stylesheet|modulepreload|icon)"[^>]*>\s*/g, '')
    .replace(/<script type="module"[^>]*><\/script>\s*/, '')
    .replace('</head>', () => `<style>${style}</style>\n</head>`)
    .replace(
      '</body>',
      () => `<script type="module">${script.replaceAll('</script', '<\\/script')}</script>\n</body>`,
    )
  writeFileSync(`${dist}/one-page.html`, html)
  rmSync(outDir, { recursive: true })
}
