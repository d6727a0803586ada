/** Builds the viewer into web/dist. Plain JavaScript, as npm runs it while it installs. */
import { fileURLToPath } from 'node:url'

const config = fileURLToPath(new URL('vite.config.ts', import.meta.url))

try {
  const { build } = await import('vite')
  await build({ configFile: config, logLevel: 'warn' })
} catch (error) {
  // An install without the development packages still runs the testbed; only the viewer is missing.
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write(
    'The viewer is not built: vite is not installed. `npm install` and `npm run build` build it.\n',
  )
}
