import type { ProgramResponse } from '@carillon/contracts/program'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import type { Program } from '../domain/program.ts'
import type { References } from '../domain/program-references.ts'
import { poolItems, programResponse } from '../domain/program-response.ts'
import { holdAudience } from './audiences.ts'
import { findDids } from './dids.ts'
import { findFlow, lockFlow } from './flows.ts'

/** What a program refers to. Until the transaction ends, its audience and its flow cannot be deleted. */
export async function loadReferences(tx: Tx, { organizationId, audienceId, flowId, didIds }: Program): Promise<References> {
  const audienceExists = await holdAudience(tx, organizationId, audienceId)
  const flow = (await lockFlow(tx, organizationId, flowId, 'share')) ? await findFlow(tx.orm, organizationId, flowId) : undefined
  const nodeIds = flow ? new Set(flow.graph.nodes.map((node) => node.id)) : null
  return { audienceExists, nodeIds, dids: await findDids(tx.orm, didIds) }
}

/** Programs as the API shows them, the DIDs of their pools resolved. */
export async function toResponses(orm: Orm, programs: readonly Program[]): Promise<ProgramResponse[]> {
  const dids = poolItems(await findDids(orm, [...new Set(programs.flatMap((program) => program.didIds))]))
  return programs.map((program) => programResponse(program, dids))
}

export async function toResponse(orm: Orm, program: Program): Promise<ProgramResponse> {
  return programResponse(program, poolItems(await findDids(orm, program.didIds)))
}
