import { terminalStatuses } from '@carillon/contracts/execution'
import type { Database, Tx } from '@carillon/service-kit/postgres/database'

/*
 * The rows of launches under way. Whoever writes contacts of a staging, activates it or abandons it locks its row first: so a staging that was abandoned
 * gets no more contacts and never becomes an execution.
 */

interface Staging {
  executionId: string
  organizationId: string
  programId: string
  isTest: boolean
  idempotencyKey: string | null
}

/** Why a staging cannot begin: the same request is being carried out, the program is live or being launched, or the organization launches too many. */
type Claim = 'claimed' | 'same_request' | 'taken' | 'too_many'

/** A staging whose process was not heard of for so long is dead, in real time. */
const deadAfter = '60 seconds'

/** Begins a staging, unless the program has one or is live, or the organization has `limit` of them. */
export async function claimStaging(database: Database, staging: Staging, limit: number): Promise<Claim> {
  const { executionId, organizationId, programId, isTest, idempotencyKey } = staging
  return database.transaction(async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('launch'), hashtext(${organizationId}))`
    await sql`
      update stagings set abandoned = true
      where organization_id = ${organizationId} and not abandoned and alive_at < clock_timestamp() - ${deadAfter}::interval`
    const live = await sql`
      select 1 from executions
      where organization_id = ${organizationId} and program_id = ${programId} and is_test = ${isTest} and status <> all (${[...terminalStatuses]}::text[])`
    if (live.length > 0) return 'taken'
    const others = await sql<{ program_id: string; is_test: boolean; idempotency_key: string | null }[]>`
      select program_id, is_test, idempotency_key from stagings where organization_id = ${organizationId} and not abandoned`
    const same = others.find((other) => other.program_id === programId && other.is_test === isTest)
    if (same) return idempotencyKey !== null && same.idempotency_key === idempotencyKey ? 'same_request' : 'taken'
    if (others.length >= limit) return 'too_many'
    await sql`
      insert into stagings (execution_id, organization_id, program_id, is_test, idempotency_key)
      values (${executionId}, ${organizationId}, ${programId}, ${isTest}, ${idempotencyKey})`
    return 'claimed'
  })
}

/** Counts contacts that the transaction adds, and says that the process is alive. False if the staging was abandoned meanwhile. */
export async function growStaging({ sql }: Tx | Database, executionId: string, contacts: number): Promise<boolean> {
  const { count } = await sql`
    update stagings set contacts = contacts + ${contacts}, alive_at = clock_timestamp() where execution_id = ${executionId} and not abandoned`
  return count === 1
}

/** Ends a staging because its execution begins to exist. Returns how many contacts were copied; null if it was abandoned. */
export async function activateStaging({ sql }: Tx, executionId: string): Promise<number | null> {
  const [row] = await sql<{ contacts: number }[]>`
    delete from stagings where execution_id = ${executionId} and not abandoned returning contacts`
  return row?.contacts ?? null
}

export async function abandonStaging({ sql }: Database, executionId: string): Promise<void> {
  await sql`update stagings set abandoned = true where execution_id = ${executionId}`
}

/** What one run deletes at most; the next one goes on. */
const sweptBatches = 40
const sweptContacts = 5_000

/** Deletes what dead and abandoned stagings have left, in short statements. Safe to run on several replicas at once, and to stop anywhere. */
export async function sweepStagings({ sql }: Database): Promise<void> {
  await sql`update stagings set abandoned = true where not abandoned and alive_at < clock_timestamp() - ${deadAfter}::interval`
  const left = await sql<{ execution_id: string }[]>`select execution_id from stagings where abandoned limit 1`
  for (const { execution_id: executionId } of left) {
    for (let batch = 0, count = sweptContacts; count === sweptContacts; batch++) {
      if (batch === sweptBatches) return
      const deleted = await sql`
        delete from execution_contacts where execution_id = ${executionId} and contact_id = any (array(
          select contact_id from execution_contacts where execution_id = ${executionId} limit ${sweptContacts}))`
      count = deleted.count
    }
    await sql`delete from stagings where execution_id = ${executionId} and abandoned`
  }
}
