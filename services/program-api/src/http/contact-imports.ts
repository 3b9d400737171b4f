import type { Readable } from 'node:stream'
import {
  ImportContactsQuery,
  ImportProgress,
  type ImportRejection,
  ImportRejectionPage,
  ImportResult,
  type ImportWarning,
  ImportWarningPage,
} from '@carillon/contracts/contact-import'
import { ErrorBody } from '@carillon/contracts/error-body'
import { PaginationQuery, paginationMeta } from '@carillon/contracts/pagination'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { toIso } from '@carillon/service-kit/domain/instant'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { importProblemTexts } from '../domain/import-row.ts'
import { importNotFound } from '../domain/not-found.ts'
import { importContacts } from '../import/contact-import.ts'
import type { ImportAudience } from '../import/import-beginning.ts'
import {
  type ContactImportRow,
  findImport,
  listRejections,
  listWarnings,
  type StoredRejection,
  type StoredWarning,
} from '../store/contact-imports.ts'
import { IdParams } from './params.ts'

/** Rejections and warnings that stand in the answer itself; all of them are listed by the import's own routes. */
const inlineLimit = 10_000

/** Content types that browsers and scripts give to CSV files. */
const fileTypes = ['text/csv', 'application/csv', 'application/octet-stream', 'application/vnd.ms-excel']

const tags = ['contacts']

export const contactImportRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { orm } = deps.database
    // The file is read as it comes; the body limit is for bodies that are held in memory.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(fileTypes, (_request, payload, done) => done(null, payload))

    app.post(
      '/contacts/import',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Import contacts from a CSV file, which is the body',
          consumes: fileTypes,
          querystring: ImportContactsQuery,
          response: { 200: ImportResult, 400: ErrorBody, 404: ErrorBody, 415: ErrorBody },
        },
      },
      async (request) => {
        const { identity, query } = request
        const body = request.body as Readable | undefined
        if (!body) throw invalidField('/headers', 'the file is empty')
        const importId = await importContacts(
          deps,
          {
            identity,
            audience: audienceOf(query),
            country: query.country ?? identity.country,
            extensions: query.extensions ?? false,
          },
          upload(body),
        )
        const row = await existing(identity.organizationId, importId)
        const [rejections, warnings] = [
          await listRejections(orm, importId, 1, inlineLimit),
          await listWarnings(orm, importId, 1, inlineLimit),
        ]
        return {
          importId,
          ...(row.audienceId === null ? {} : { audienceId: row.audienceId }),
          ...countsOf(row),
          rejections: rejections.map(toRejection),
          rejectionsTruncated: row.rejected > rejections.length,
          warnings: warnings.map(toWarning),
          warningsTruncated: row.warned > warnings.length,
        }
      },
    )

    app.get(
      '/contacts/imports/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'How far an import has come', params: IdParams, response: { 200: ImportProgress, 404: ErrorBody } },
      },
      async (request) => {
        const row = await existing(request.identity.organizationId, request.params.id)
        return {
          importId: row.id,
          audienceId: row.audienceId,
          status: row.status,
          ...countsOf(row),
          startedAt: toIso(row.startedAt.getTime()),
          endedAt: row.endedAt === null ? null : toIso(row.endedAt.getTime()),
        }
      },
    )

    app.get(
      '/contacts/imports/:id/rejections',
      {
        config: { role: 'supervisor' },
        schema: {
          tags,
          summary: 'Rows of an import that gave no contact',
          params: IdParams,
          querystring: PaginationQuery,
          response: { 200: ImportRejectionPage, 404: ErrorBody },
        },
      },
      async (request) => {
        const { page, limit } = request.query
        const row = await existing(request.identity.organizationId, request.params.id)
        const data = (await listRejections(orm, row.id, page, limit)).map(toRejection)
        return { data, meta: paginationMeta(page, limit, row.rejected) }
      },
    )

    app.get(
      '/contacts/imports/:id/warnings',
      {
        config: { role: 'supervisor' },
        schema: {
          tags,
          summary: 'Values that rows of an import were taken without',
          params: IdParams,
          querystring: PaginationQuery,
          response: { 200: ImportWarningPage, 404: ErrorBody },
        },
      },
      async (request) => {
        const { page, limit } = request.query
        const row = await existing(request.identity.organizationId, request.params.id)
        const data = (await listWarnings(orm, row.id, page, limit)).map(toWarning)
        return { data, meta: paginationMeta(page, limit, row.warned) }
      },
    )

    async function existing(organizationId: string, id: string): Promise<ContactImportRow> {
      const row = await findImport(orm, organizationId, id)
      if (!row) throw importNotFound(id)
      return row
    }
  }

/**
 * The bytes of a body. Reading can end before they do: the rest is let pass, since whoever uploads reads the refusal only when all is sent, and the
 * connection must not be cut under it.
 */
async function* upload(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw new DomainError('invalid', 'UploadInterruptedError', 'The upload broke off', { cause: String(error) })
  } finally {
    body.resume()
  }
}

function audienceOf({ audienceId, audienceName }: ImportContactsQuery): ImportAudience {
  if (audienceId !== undefined && audienceName !== undefined) throw invalidField('/query/audienceName', 'must not stand beside audienceId')
  if (audienceId !== undefined) return { id: audienceId }
  return audienceName === undefined ? null : { name: audienceName }
}

function countsOf({ rows, created, updated, duplicates, rejected, warned }: ContactImportRow) {
  return { rows, created, updated, duplicates, rejected, warned }
}

const toRejection = (row: StoredRejection): ImportRejection => ({ ...row, message: messageOf(row.reason) })

const toWarning = (row: Omit<StoredWarning, 'ordinal'>): ImportWarning => ({ ...row, message: messageOf(row.reason) })

function messageOf(reason: string): string {
  return new Map<string, string>(Object.entries(importProblemTexts)).get(reason) ?? reason
}
