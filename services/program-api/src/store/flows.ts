import type { FlowGraph } from '@carillon/call-flow/graph'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, count, eq, isNull, sql } from 'drizzle-orm'
import { flows, flowVersions } from './schema.ts'

export interface FlowHead {
  id: string
  name: string
  version: number
  createdAt: Date
  updatedAt: Date
}

export type FlowVersionRow = typeof flowVersions.$inferSelect

const own = (organizationId: string, id: string) => and(eq(flows.organizationId, organizationId), eq(flows.id, id), isNull(flows.deletedAt))
const latest = and(eq(flowVersions.flowId, flows.id), eq(flowVersions.version, flows.latestVersion))
const head = {
  id: flows.id,
  name: flowVersions.name,
  version: flowVersions.version,
  createdAt: flows.createdAt,
  updatedAt: flows.updatedAt,
}
const nodeCount = sql<number>`json_array_length(${flowVersions.graph} -> 'nodes')`

export async function insertFlow(
  tx: Tx,
  organizationId: string,
  flow: { id: string; name: string; graph: FlowGraph; at: Date },
): Promise<void> {
  const { id, name, graph, at } = flow
  await tx.orm.insert(flows).values({ id, organizationId, latestVersion: 1, createdAt: at, updatedAt: at })
  await tx.orm.insert(flowVersions).values({ flowId: id, version: 1, name, graph, createdAt: at })
}

/** Adds the next version. The caller holds the flow's lock. */
export async function insertFlowVersion(tx: Tx, version: FlowVersionRow): Promise<void> {
  await tx.orm.insert(flowVersions).values(version)
  await tx.orm.update(flows).set({ latestVersion: version.version, updatedAt: version.createdAt }).where(eq(flows.id, version.flowId))
}

/** A flow with its latest version. */
export async function findFlow(orm: Orm, organizationId: string, id: string): Promise<(FlowHead & { graph: FlowGraph }) | undefined> {
  const [row] = await orm
    .select({ ...head, graph: flowVersions.graph })
    .from(flows)
    .innerJoin(flowVersions, latest)
    .where(own(organizationId, id))
  return row
}

export async function flowExists(orm: Orm, organizationId: string, id: string): Promise<boolean> {
  const rows = await orm.select({ id: flows.id }).from(flows).where(own(organizationId, id))
  return rows.length > 0
}

/** Whether the flow exists. If so, nobody can change or delete it until the transaction ends. */
export async function lockFlow(tx: Tx, organizationId: string, id: string, strength: 'update' | 'share'): Promise<boolean> {
  const rows = await tx.orm.select({ id: flows.id }).from(flows).where(own(organizationId, id)).for(strength)
  return rows.length > 0
}

export const flowOrder = newestFirst<{ id: string }>([flows.id], ({ id }) => [id])

export async function listFlows(orm: Orm, organizationId: string, slice: Slice) {
  const ofOrganization = and(eq(flows.organizationId, organizationId), isNull(flows.deletedAt))
  const rows = await orm
    .select({ ...head, nodeCount })
    .from(flows)
    .innerJoin(flowVersions, latest)
    .where(and(ofOrganization, slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  const [counted] = await orm.select({ total: count() }).from(flows).where(ofOrganization)
  return { rows, total: counted?.total ?? 0 }
}

export const flowVersionOrder = newestFirst<{ version: number }>([flowVersions.version], ({ version }) => [version])

/** The versions of a flow, without their graphs. */
export async function listFlowVersions(orm: Orm, organizationId: string, id: string, slice: Slice) {
  return orm
    .select({
      flowId: flowVersions.flowId,
      version: flowVersions.version,
      name: flowVersions.name,
      nodeCount,
      createdAt: flowVersions.createdAt,
    })
    .from(flowVersions)
    .innerJoin(flows, eq(flows.id, flowVersions.flowId))
    .where(and(own(organizationId, id), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
}

/** One version of a flow. `evenDeleted`: also if the flow was deleted, because calls that run it continue. */
export async function findFlowVersion(
  orm: Orm,
  organizationId: string,
  id: string,
  version: number,
  evenDeleted = false,
): Promise<FlowVersionRow | undefined> {
  const [row] = await orm
    .select({
      flowId: flowVersions.flowId,
      version: flowVersions.version,
      name: flowVersions.name,
      graph: flowVersions.graph,
      createdAt: flowVersions.createdAt,
    })
    .from(flowVersions)
    .innerJoin(flows, eq(flows.id, flowVersions.flowId))
    .where(
      and(
        eq(flows.organizationId, organizationId),
        eq(flowVersions.flowId, id),
        eq(flowVersions.version, version),
        evenDeleted ? undefined : isNull(flows.deletedAt),
      ),
    )
  return row
}

/** Marks the flow as deleted; its versions stay. The caller holds the flow's lock. */
export async function deleteFlow(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.orm.update(flows).set({ deletedAt: at, updatedAt: at }).where(eq(flows.id, id))
}
