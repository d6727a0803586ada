/** The services of libp2p that can be run, by name, and hosts for them. */

import type { Service } from '../../../model/service.ts'
import { Mesh, type MeshOptions } from '../mesh.ts'
import { gossipsubService } from './gossipsub.ts'
import { kadDhtService } from './kad-dht.ts'
import type { PlayedService } from './service.ts'
import { fittedWith, type Tap } from './tap.ts'

export const services: Readonly<Record<string, PlayedService>> = {
  gossipsub: gossipsubService,
  'kad-dht': kadDhtService,
}

/** Hosts with a service, and a tap on what it says. Links are dialled by the run. */
export async function openServiceMesh(
  options: Omit<MeshOptions, 'links' | 'fitted'>,
  { name, settings }: Service,
): Promise<{ mesh: Mesh; tap: Tap }> {
  const { protocols, services: made } = services[name]!
  const tap: Tap = { listener: null }
  const fitted = (process: number) => fittedWith(() => made(settings), protocols, tap, process)
  return { mesh: await Mesh.open({ ...options, links: [], fitted }), tap }
}
