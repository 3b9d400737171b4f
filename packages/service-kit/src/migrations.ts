import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'

const kitMigrations = new URL('../migrations/', import.meta.url).pathname

interface Migration {
  name: string
  text: string
  checksum: string
}

/**
 * Brings the role's own schema up to date: the kit's tables, then the service's numbered `*.sql` files, each in its own transaction, once.
 * Replicas that start together wait for one another. Throws where a file that already ran has since been changed.
 */
export async function migrate(sql: Sql, directory: string): Promise<string[]> {
  const migrations = [...(await readMigrations(decodeURIComponent(kitMigrations), 'kit/')), ...(await readMigrations(directory, ''))]
  const connection = await sql.reserve()
  const applied: string[] = []
  try {
    await connection`select pg_advisory_lock(hashtext(current_schema() || '/migrations'))`
    await connection`
      create table if not exists schema_migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default clock_timestamp()
      )`
    const rows = await connection<{ name: string; checksum: string }[]>`select name, checksum from schema_migrations`
    const done = new Map(rows.map((row) => [row.name, row.checksum]))
    for (const migration of migrations) {
      const before = done.get(migration.name)
      if (before === migration.checksum) continue
      if (before !== undefined) throw new Error(`migration ${migration.name} was changed after it had run`)
      await connection`begin`
      try {
        await connection.unsafe(migration.text)
        await connection`insert into schema_migrations (name, checksum) values (${migration.name}, ${migration.checksum})`
        await connection`commit`
      } catch (error) {
        await connection`rollback`
        throw new Error(`migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
      applied.push(migration.name)
    }
  } finally {
    await connection`select pg_advisory_unlock_all()`
    connection.release()
  }
  return applied
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
