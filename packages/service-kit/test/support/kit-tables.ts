import { emptyDatabase } from '@carillon/testing/database'
import { connectDatabase } from '../../src/postgres/connect-database.ts'
import { migrate } from '../../src/postgres/migrations.ts'
import { productionAnchor } from '../../src/process/clock.ts'

/** A database with the kit's tables, without a service that works on them. Once per test file. */
export async function openKitTables() {
  const { urls, drop } = await emptyDatabase()
  const database = connectDatabase({ url: urls.billing, name: 'kit-tables', connections: 8, anchor: productionAnchor })
  const migrating = database.dedicated()
  await migrate(migrating, new URL('./migrations/', import.meta.url).pathname)
  await migrating.end()
  return {
    url: urls.billing,
    database,
    async close() {
      await database.close()
      await drop()
    },
  }
}

export type KitTables = Awaited<ReturnType<typeof openKitTables>>
