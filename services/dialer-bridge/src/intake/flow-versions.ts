import { type CompiledFlow, compileFlow, InvalidFlowError } from '@carillon/call-flow/compile'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'

/** A flow version, ready to be run; or why it never can be. */
export type FlowVersion = { readonly flow: CompiledFlow } | { readonly unusable: string }

/** Names a flow version. Orders with the same key run the same flow. */
export function flowKeyOf({ organizationId, data: { flowId, flowVersion } }: DialOrder): string {
  return `${organizationId}/${flowId}/${flowVersion}`
}

/** Flow versions by what orders name. They never change, so one that has been got is kept. */
export interface FlowVersions {
  /** What is there without asking. */
  known(order: DialOrder): FlowVersion | undefined
  /** Asks for the flow version; rejects where nobody can answer now. */
  load(order: DialOrder): Promise<FlowVersion>
}

/** The `capacity` flow versions that were used last. */
export function flowVersions(connection: NatsConnection, capacity = 500): FlowVersions {
  const cache = new Map<string, FlowVersion>()
  const loading = new Map<string, Promise<FlowVersion>>()

  async function fetchVersion(key: string, { organizationId, data }: DialOrder): Promise<FlowVersion> {
    try {
      const version = await askFor(connection, organizationId, data.flowId, data.flowVersion)
      cache.set(key, version)
      const oldest = cache.keys().next()
      if (cache.size > capacity && !oldest.done) cache.delete(oldest.value)
      return version
    } finally {
      loading.delete(key)
    }
  }

  return {
    known(order) {
      const key = flowKeyOf(order)
      const version = cache.get(key)
      if (!version) return undefined
      cache.delete(key)
      cache.set(key, version)
      return version
    },
    load(order) {
      const key = flowKeyOf(order)
      const running = loading.get(key) ?? fetchVersion(key, order)
      loading.set(key, running)
      return running
    },
  }
}

async function askFor(connection: NatsConnection, organizationId: string, flowId: string, version: number): Promise<FlowVersion> {
  try {
    const { graph } = await ask(connection, questions.flowVersion, { organizationId, flowId, version })
    return { flow: compileFlow(graph) }
  } catch (error) {
    if (error instanceof InvalidFlowError) return { unusable: 'The flow version cannot be run' }
    if (error instanceof DomainError && error.kind === 'not_found') return { unusable: 'The flow version does not exist' }
    throw error
  }
}
