import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, asc, eq, ne } from 'drizzle-orm'
import type { Program } from '../domain/program.ts'
import { programs } from './schema.ts'

type ProgramRow = typeof programs.$inferSelect

/** A program that was deleted is archived: it stays for what refers to it, and no listing shows it. */
const own = (organizationId: string, id: string) =>
  and(eq(programs.organizationId, organizationId), eq(programs.id, id), ne(programs.status, 'archived'))

export async function insertProgram(tx: Tx, program: Program): Promise<void> {
  await tx.orm.insert(programs).values(toRow(program))
}

export async function findProgram(orm: Orm, organizationId: string, id: string): Promise<Program | undefined> {
  const [row] = await orm.select().from(programs).where(own(organizationId, id))
  return row && toProgram(row)
}

/** The DIDs of a program, also of one that was deleted while an execution of it still ran. */
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

/** The organization's programs in the order in which they were made. */
export async function listPrograms(orm: Orm, organizationId: string): Promise<Program[]> {
  const rows = await orm
    .select()
    .from(programs)
    .where(and(eq(programs.organizationId, organizationId), ne(programs.status, 'archived')))
    .orderBy(asc(programs.id))
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

async function isAnywhere(tx: Tx, where: ReturnType<typeof eq>): Promise<boolean> {
  const rows = await tx.orm
    .select({ id: programs.id })
    .from(programs)
    .where(and(where, ne(programs.status, 'archived')))
    .limit(1)
  return rows.length > 0
}

function toProgram(row: ProgramRow): Program {
  return {
    ...row,
    startAt: row.startAt.getTime(),
    stopAt: row.stopAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  }
}

function toRow(program: Program): ProgramRow {
  return {
    ...program,
    startAt: new Date(program.startAt),
    stopAt: program.stopAt === null ? null : new Date(program.stopAt),
    createdAt: new Date(program.createdAt),
    updatedAt: new Date(program.updatedAt),
  }
}
