/** From the start of a bare script to a mesh that is verified at both ends. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answer, task } from '../answer.ts'
import { lineOf } from '../line-of.ts'

const { hosts } = task<{ hosts: number }>()
const script = fileURLToPath(new URL('./mesh.ts', import.meta.url))
const args = JSON.stringify({ hosts, transport: 'tcp', channels: false })
const beganMs = performance.now()
const child = spawn(process.execPath, [script, args], { stdio: ['ignore', 'pipe', 'inherit'] })
const line = await lineOf(child, /"links"/)
const ms = performance.now() - beganMs
answer({ figures: { ms }, work: { links: JSON.parse(line).work.links } })
