import type { Tx } from '@carillon/service-kit/postgres/database'
import type { Program } from '../domain/program.ts'
import type { References } from '../domain/program-references.ts'
import { holdAudience } from './audiences.ts'
import { holdCustomAttribute } from './custom-attributes.ts'
import { findDids } from './dids.ts'
import { findFlow, lockFlow } from './flows.ts'

/** What a program refers to. Its audience, its flow and its trigger's attribute cannot be deleted until the transaction ends. */
export async function loadReferences(
  tx: Tx,
  { organizationId, audienceId, flowId, didIds, triggerCondition }: Program,
): Promise<References> {
  const audienceExists = await holdAudience(tx, organizationId, audienceId)
  const flow = (await lockFlow(tx, organizationId, flowId, 'share')) ? await findFlow(tx.orm, organizationId, flowId) : undefined
  const nodeIds = flow ? new Set(flow.graph.nodes.map((node) => node.id)) : null
  const triggerAttribute = triggerCondition ? await holdCustomAttribute(tx, organizationId, triggerCondition.attributeName) : null
  return { audienceExists, nodeIds, triggerAttribute, dids: await findDids(tx.orm, didIds) }
}
