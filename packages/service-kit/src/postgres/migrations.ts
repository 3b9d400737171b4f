import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sql, TransactionSql } from 'postgres'

const kitMigrations = new URL('../../migrations/', import.meta.url)

interface Migration {
  name: string
  text: string
  checksum: string
}

/**
 * Brings the role's own schema up to date: the kit's `*.sql` files, then the service's, by name, each once, all in one transaction. Tables with an
 * organization get their policy. Returns the names of those that ran. Replicas that start together wait for one another. Throws if a file has changed since it ran.
 */
export async function migrate(sql: Sql, directory: string): Promise<string[]> {
  const migrations = [...(await readMigrations(fileURLToPath(kitMigrations), 'kit/')), ...(await readMigrations(directory, ''))]
  const applied: string[] = []
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(current_schema() || '/migrations'))`
    await tx`
      create table if not exists schema_migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default clock_timestamp()
      )`
    const rows = await tx<{ name: string; checksum: string }[]>`select name, checksum from schema_migrations`
    const done = new Map(rows.map((row) => [row.name, row.checksum]))
    for (const { name, text, checksum } of migrations) {
      const before = done.get(name)
      if (before === checksum) continue
      if (before !== undefined) throw new Error(`migration ${name} was changed after it had run`)
      try {
        await tx.unsafe(text)
      } catch (error) {
        throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
      await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`
      applied.push(name)
    }
    await protectOrganizations(tx)
  })
  return applied
}

/** Each table with a column `organization_id` gets the policy of the kit, unless a migration has given it another. So a new table cannot go without. */
async function protectOrganizations(tx: TransactionSql): Promise<void> {
  await tx`
    select protect_rows(class.oid, 'organization_id = (select request_organization())')
    from pg_class class join pg_attribute attribute on attribute.attrelid = class.oid
    where class.relnamespace = current_schema()::text::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
      and attribute.attname = 'organization_id' and not attribute.attisdropped
      and not exists (select from pg_policy where polrelid = class.oid)`
}

async function readMigrations(directory: string, prefix: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(directory, file), 'utf8')
      return { name: prefix + file, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}
