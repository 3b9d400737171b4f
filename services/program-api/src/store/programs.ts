import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { newestFirst, type Slice } from '@carillon/service-kit/postgres/list-order'
import { and, eq, ne } from 'drizzle-orm'
import type { Program } from '../domain/program.ts'
import { programs } from './schema.ts'

type ProgramRow = typeof programs.$inferSelect

/** A deleted program is archived: no route shows it, but its row stays for what refers to it. */
const own = (organizationId: string, id: string) =>
  and(eq(programs.organizationId, organizationId), eq(programs.id, id), ne(programs.status, 'archived'))

export async function insertProgram(tx: Tx, program: Program): Promise<void> {
  await tx.orm.insert(programs).values(toRow(program))
}

export async function findProgram(orm: Orm, organizationId: string, id: string): Promise<Program | undefined> {
  const [row] = await orm.select().from(programs).where(own(organizationId, id))
  return row && toProgram(row)
}

/** The DIDs of a program, even if it was deleted. */
export async function findDidPool(orm: Orm, organizationId: string, id: string): Promise<string[] | undefined> {
  const [row] = await orm
    .select({ didIds: programs.didIds })
    .from(programs)
    .where(and(eq(programs.organizationId, organizationId), eq(programs.id, id)))
  return row?.didIds
}

/** The program, locked until the transaction ends. */
export async function lockProgram(tx: Tx, organizationId: string, id: string): Promise<Program | undefined> {
  const [row] = await tx.orm.select().from(programs).where(own(organizationId, id)).for('update')
  return row && toProgram(row)
}

export const programOrder = newestFirst<Program>([programs.id], ({ id }) => [id])

export async function listPrograms(orm: Orm, organizationId: string, slice: Slice): Promise<Program[]> {
  const rows = await orm
    .select()
    .from(programs)
    .where(and(eq(programs.organizationId, organizationId), ne(programs.status, 'archived'), slice.where))
    .orderBy(...slice.orderBy)
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map(toProgram)
}

export async function updateProgram(tx: Tx, program: Program): Promise<void> {
  await tx.orm.update(programs).set(toRow(program)).where(eq(programs.id, program.id))
}

export async function isAudienceInUse(tx: Tx, audienceId: string): Promise<boolean> {
  return isAnywhere(tx, eq(programs.audienceId, audienceId))
}

export async function isFlowInUse(tx: Tx, flowId: string): Promise<boolean> {
  return isAnywhere(tx, eq(programs.flowId, flowId))
}

/** Whether a live program of the organization calls contacts by this date, or an execution that has not ended does. */
export async function isTriggerAttribute(tx: Tx, organizationId: string, slug: string): Promise<boolean> {
  const [row] = await tx.sql<{ is_used: boolean }[]>`
    select exists (select from programs where organization_id = ${organizationId} and status <> 'archived' and trigger_condition ->> 'attributeName' = ${slug})
      or exists (select from live_executions where organization_id = ${organizationId} and not has_ended and trigger_condition ->> 'attributeName' = ${slug})
      as is_used`
  return row?.is_used === true
}

async function isAnywhere(tx: Tx, where: ReturnType<typeof eq>): Promise<boolean> {
  const rows = await tx.orm
    .select({ id: programs.id })
    .from(programs)
    .where(and(where, ne(programs.status, 'archived')))
    .limit(1)
  return rows.length > 0
}

function toProgram({ startAt, stopAt, createdAt, updatedAt, ...rest }: ProgramRow): Program {
  return {
    ...rest,
    startAtMs: startAt.getTime(),
    stopAtMs: stopAt?.getTime() ?? null,
    createdAtMs: createdAt.getTime(),
    updatedAtMs: updatedAt.getTime(),
  }
}

function toRow({ startAtMs, stopAtMs, createdAtMs, updatedAtMs, ...rest }: Program): ProgramRow {
  return {
    ...rest,
    startAt: new Date(startAtMs),
    stopAt: stopAtMs === null ? null : new Date(stopAtMs),
    createdAt: new Date(createdAtMs),
    updatedAt: new Date(updatedAtMs),
  }
}
