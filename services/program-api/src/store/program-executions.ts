import type { Tx } from '@carillon/service-kit/postgres/database'

/** What an event says of an execution. */
export interface ExecutionFact {
  executionId: string
  /** Null in an event that does not name it. */
  programId: string | null
  isLive: boolean
  revision: number
}

/**
 * Notes how executions stand, the last fact of each. One that is older than what is known changes nothing; a program that is launched for the first
 * time becomes active.
 */
export async function noteExecutions(tx: Tx, facts: readonly ExecutionFact[]): Promise<void> {
  const launched = facts.flatMap(({ executionId, programId, isLive, revision }) =>
    programId === null ? [] : [{ executionId, programId, isLive, revision }],
  )
  if (launched.length > 0) {
    const programIds = launched.map((fact) => fact.programId)
    await tx.sql`
      insert into program_executions (execution_id, program_id, is_live, revision)
      select * from unnest(
        ${launched.map((fact) => fact.executionId)}::uuid[], ${programIds}::uuid[], ${booleans(launched)}::text[]::boolean[],
        ${launched.map((fact) => fact.revision)}::integer[])
      on conflict (execution_id) do nothing`
    await tx.sql`update programs set status = 'active' where id = any(${programIds}::uuid[]) and status = 'draft'`
  }
  await tx.sql`
    update program_executions set is_live = fact.is_live, revision = fact.revision
    from unnest(
      ${facts.map((fact) => fact.executionId)}::uuid[], ${booleans(facts)}::text[]::boolean[], ${facts.map((fact) => fact.revision)}::integer[]
    ) as fact (execution_id, is_live, revision)
    where program_executions.execution_id = fact.execution_id and program_executions.revision < fact.revision`
}

export async function hasLiveExecution(tx: Tx, programId: string): Promise<boolean> {
  const rows = await tx.sql`select 1 from program_executions where program_id = ${programId} and is_live limit 1`
  return rows.length > 0
}

// An array whose first element is a boolean is declared by the driver as one boolean.
const booleans = (facts: readonly { isLive: boolean }[]) => facts.map(({ isLive }) => String(isLive))
