import type { Identity } from '@carillon/contracts/identity'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { CsvRecord } from '../csv/records.ts'
import { dateReading } from '../domain/attribute-date.ts'
import { inferType } from '../domain/attribute-value.ts'
import type { ContactColumns } from '../domain/contact-columns.ts'
import type { TypedColumn } from '../domain/import-row.ts'
import { audienceNotFound } from '../domain/not-found.ts'
import { withOrderedIds } from '../ordered-ids.ts'
import { holdAudience, insertAudience, lockAudienceName } from '../store/audiences.ts'
import { insertImport } from '../store/contact-imports.ts'
import { insertCustomAttributes, listCustomAttributes } from '../store/custom-attributes.ts'
import type { RunningImport } from './import-batch.ts'

/** The audience that the contacts of a file join: an existing one by id, or one by name, which is created if it does not exist. */
export type ImportAudience = { id: string } | { name: string } | null

export interface ImportRequest {
  identity: Identity
  audience: ImportAudience
  country: string
  extensions: boolean
}

/**
 * Begins an import in one transaction: its row, its audience, and a custom attribute for each column that is new to the organization. `sample`, the first
 * rows of the file, decides the types of new attributes.
 */
export async function beginImport(
  { database, clock }: ServiceDeps,
  { identity, audience, country, extensions }: ImportRequest,
  headers: readonly string[],
  columns: ContactColumns,
  sample: readonly CsvRecord[],
): Promise<RunningImport> {
  const { organizationId, timezone } = identity
  const now = clock.now()
  return database.transaction(async (tx) => {
    const audienceId = await audienceOf(tx, organizationId, audience, now)
    const importId = uuidv7(now)
    await insertImport(tx, { id: importId, organizationId, audienceId, startedAt: new Date(now) })

    const inferred = columns.attributes.map((column): TypedColumn => {
      const values = sample.flatMap(({ fields }) => fields[column.index]?.trim() || [])
      const dates = dateReading(values, country, timezone)
      return { ...column, type: inferType(values, dates), dates }
    })
    const createdAt = new Date(now)
    const wanted = inferred.map(({ slug, header, type }) => ({ organizationId, slug, displayName: header, type, createdAt }))
    await insertCustomAttributes(tx, withOrderedIds(wanted, now))
    const types = new Map((await listCustomAttributes(tx.orm, organizationId)).map(({ slug, type }) => [slug, type]))
    const attributes = inferred.map((column) => ({ ...column, type: types.get(column.slug) ?? column.type }))
    return { importId, organizationId, audienceId, reading: { headers, columns, attributes, country, extensions } }
  })
}

async function audienceOf(tx: Tx, organizationId: string, audience: ImportAudience, now: number): Promise<string | null> {
  if (audience === null) return null
  if ('id' in audience) {
    if (await holdAudience(tx, organizationId, audience.id)) return audience.id
    throw audienceNotFound(audience.id)
  }
  const existing = await lockAudienceName(tx, organizationId, audience.name)
  if (existing !== undefined) return existing
  const id = uuidv7(now)
  await insertAudience(tx, { id, organizationId, name: audience.name, createdAt: new Date(now), updatedAt: new Date(now) })
  return id
}
