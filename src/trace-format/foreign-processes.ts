/**
 * The processes that the spans of a foreign program are of: one for each
 * service.name, and where a service has several instances, one for each. A
 * process keeps its name when others appear, so what is read back from stored
 * spans, in the order in which they came, has the same names.
 */
import { ATTRIBUTE, SERVICE_NAMESPACE, TESTBED_SERVICE } from './attributes.ts'
import type { ForeignRecord, ForeignSpan } from './otlp-decode.ts'

/** More lines than this nobody looks at; a program that makes a service a request must not fill memory. */
const PROCESSES_MAX = 1_000
const NAME_MAX = 200

/** What SDKs say of a service that says nothing of itself. */
const UNKNOWN = 'unknown_service'

export class ForeignProcesses {
  readonly #instances = new Map<string, string>() // [service, instance] → name
  readonly #names = new Set<string>()
  readonly #ofResource = new WeakMap<ForeignRecord, string>() // one resource is shared by many spans

  /** Those met so far: p2 stands before p10. */
  get names(): string[] {
    const { compare } = new Intl.Collator('en', { numeric: true })
    return [...this.#names].sort((a, b) => compare(a, b) || (a < b ? -1 : 1))
  }

  /** How many were met so far. */
  get size(): number {
    return this.#names.size
  }

  /** The process of a span; null if it is of none, as those of the testbed itself. */
  nameOf({ resource, service }: ForeignSpan): string | null {
    const known = this.#ofResource.get(resource) ?? this.#named(service, resource)
    if (known === null) return null
    this.#ofResource.set(resource, known)
    return known
  }

  #named(service: string, resource: ForeignRecord): string | null {
    const ofTestbed = resource[ATTRIBUTE.serviceNamespace] === SERVICE_NAMESPACE
    if (ofTestbed && service === TESTBED_SERVICE) return null
    const said = resource[ATTRIBUTE.serviceInstanceId]
    const instance = typeof said === 'string' ? said : ''
    const key = JSON.stringify([service, instance])
    const known = this.#instances.get(key)
    if (known !== undefined) return known
    if (this.#instances.size >= PROCESSES_MAX) return null
    const name = this.#free((service || UNKNOWN).slice(0, NAME_MAX), instance.slice(0, NAME_MAX))
    this.#instances.set(key, name)
    this.#names.add(name)
    return name
  }

  /** A name that is not taken: of the service, with the instance, with a number. */
  #free(service: string, instance: string): string {
    if (!this.#names.has(service)) return service
    const name = instance === '' ? service : `${service}/${instance}`
    let free = name
    for (let number = 2; this.#names.has(free); number++) free = `${name}~${number}`
    return free
  }
}
