import { type CompiledFlow, compileFlow, InvalidFlowError } from '@carillon/call-flow/compile'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { questions } from '@carillon/contracts/questions'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'
import { LRUCache } from 'lru-cache'

/** A flow version that is ready to run, or why it can never run. */
export type FlowVersion = { readonly flow: CompiledFlow } | { readonly unusable: string }

/** Names a flow version. Orders with the same key run the same flow. */
export function flowKeyOf({ organizationId, data: { flowId, flowVersion } }: DialOrder): string {
  return `${organizationId}/${flowId}/${flowVersion}`
}

/** Flow versions by what orders name. A version never changes, so one that was loaded is kept. */
export interface FlowVersions {
  /** What is there without asking. */
  known(order: DialOrder): FlowVersion | undefined
  /** Asks for the flow version, once for all that want it. Rejects if nobody can answer now. */
  load(order: DialOrder): Promise<FlowVersion>
}

/** Keeps the `capacity` flow versions that were used last. */
export function flowVersions(connection: NatsConnection, capacity = 500): FlowVersions {
  const cache = new LRUCache<string, FlowVersion, DialOrder>({
    max: capacity,
    // A version that is pushed out while it is loaded still goes to those that wait for it.
    ignoreFetchAbort: true,
    fetchMethod: (_key, _stale, { context }) => askFor(connection, context),
  })
  return {
    known: (order) => cache.get(flowKeyOf(order)),
    load: (order) => cache.forceFetch(flowKeyOf(order), { context: order }),
  }
}

async function askFor(connection: NatsConnection, { organizationId, data }: DialOrder): Promise<FlowVersion> {
  const { flowId, flowVersion: version } = data
  try {
    const { graph } = await ask(connection, questions.flowVersion, { organizationId, flowId, version })
    return { flow: compileFlow(graph) }
  } catch (error) {
    if (error instanceof InvalidFlowError) return { unusable: 'The flow version cannot be run' }
    if (error instanceof DomainError && error.kind === 'not_found') return { unusable: 'The flow version does not exist' }
    throw error
  }
}
