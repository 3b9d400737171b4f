import type { Database } from '@carillon/service-kit/postgres/database'

/**
 * Empties every read model and sets the given projections back to the beginning of their streams, in one transaction. In between, reports
 * are those of what has been read again so far.
 */
export async function forgetReadModels(database: Database, projections: readonly string[]): Promise<void> {
  await database.transaction(async ({ sql }) => {
    // Checkpoints first, as every batch does: a batch under way commits before, or fails.
    await sql`delete from checkpoints where projection = any(${projections}::text[])`
    // Replicas that have nothing to read would not notice: they lose their lanes, take them up again, and begin anew.
    await sql`
      delete from leases using unnest(${projections}::text[]) as forgotten (projection)
      where starts_with(leases.name, forgotten.projection || '/')`
    await sql`delete from dead_letters where projection = any(${projections}::text[])`
    await sql`
      truncate calls, call_ends, call_events, parked_call_events, attempt_stats, node_stats, digit_stats,
               executions, execution_progress, call_costs, execution_billing, node_type_billing`
  })
}
