import type { Readable } from 'node:stream'
import {
  ImportContactsQuery,
  ImportProgress,
  ImportRejectionPage,
  ImportResult,
  ImportWarningPage,
} from '@carillon/contracts/contact-import'
import { ErrorBody } from '@carillon/contracts/error-body'
import { toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError, invalidField } from '@carillon/service-kit/domain/domain-error'
import { pagedList } from '@carillon/service-kit/http/lists'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { type ListOrder, type Slice, sliceOf } from '@carillon/service-kit/postgres/list-order'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { importProblemTexts } from '../domain/import-row.ts'
import { importNotFound } from '../domain/not-found.ts'
import { importContacts } from '../import/contact-import.ts'
import type { ImportAudience } from '../import/import-beginning.ts'
import { type ContactImportRow, findImport, listRejections, listWarnings, rejectionOrder, warningOrder } from '../store/contact-imports.ts'

/** Rejections and warnings in the answer to the upload; the import's own routes list all of them. */
const inlineLimit = 10_000

/** Content types that browsers and scripts give to CSV files. */
const fileTypes = ['text/csv', 'application/csv', 'application/octet-stream', 'application/vnd.ms-excel']

const ImportContacts = {
  tags: [tags.contacts],
  summary: 'Import contacts from a CSV file, which is the body',
  consumes: fileTypes,
  querystring: ImportContactsQuery,
  response: { 200: ImportResult, 400: ErrorBody, 404: ErrorBody, 413: ErrorBody, 415: ErrorBody, 429: ErrorBody },
}
const GetImport = {
  tags: [tags.contacts],
  summary: 'Get the progress of an import',
  params: IdParams,
  response: { 200: ImportProgress, 404: ErrorBody },
}
const ListImportRejections = {
  tags: [tags.contacts],
  summary: 'List the rows of an import that were rejected, in the order of the file',
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ImportRejectionPage, 400: ErrorBody, 404: ErrorBody },
}
const ListImportWarnings = {
  tags: [tags.contacts],
  summary: 'List the values dropped from imported rows, in the order of the file',
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ImportWarningPage, 400: ErrorBody, 404: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const contactImportRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { orm } = deps.database
    // The file is read as a stream. The body limit is for bodies that are held in memory.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(fileTypes, (_request, payload, done) => done(null, payload))

    app.post('/contacts/import', { schema: ImportContacts, config: change }, async ({ identity, query, body }) => {
      if (!body) throw invalidField('/headers', 'the file is empty')
      const importId = await importContacts(
        deps,
        { identity, audience: audienceOf(query), country: query.country ?? identity.country, extensions: query.extensions ?? false },
        upload(body as Readable),
      )
      const row = await existingImport(identity.organizationId, importId)
      const rejections = await listRejections(orm, importId, sliceOf(rejectionOrder, { limit: inlineLimit }))
      const warnings = await listWarnings(orm, importId, sliceOf(warningOrder, { limit: inlineLimit }))
      return {
        importId,
        ...(row.audienceId === null ? {} : { audienceId: row.audienceId }),
        ...countsOf(row),
        rejections: rejections.map(withMessage),
        rejectionsTruncated: row.rejected > rejections.length,
        warnings: warnings.map(withMessage),
        warningsTruncated: row.warned > warnings.length,
      }
    })

    app.get('/contacts/imports/:id', { schema: GetImport, config: read }, async ({ identity, params }) => {
      const row = await existingImport(identity.organizationId, params.id)
      return {
        importId: row.id,
        audienceId: row.audienceId,
        status: row.status,
        ...countsOf(row),
        startedAt: toIso(row.startedAt.getTime()),
        endedAt: row.endedAt === null ? null : toIso(row.endedAt.getTime()),
      }
    })

    listing('rejections', ListImportRejections, 'rejected', rejectionOrder, listRejections)
    listing('warnings', ListImportWarnings, 'warned', warningOrder, listWarnings)

    async function existingImport(organizationId: string, id: string): Promise<ContactImportRow> {
      const row = await findImport(orm, organizationId, id)
      if (!row) throw importNotFound(id)
      return row
    }

    /** A route that lists the rejections or the warnings of an import; `total` is the column that counts them. */
    function listing<T extends { reason: string }>(
      name: 'rejections' | 'warnings',
      schema: ProblemListSchema,
      total: 'rejected' | 'warned',
      order: ListOrder<T>,
      readProblems: (orm: Orm, importId: string, slice: Slice) => Promise<T[]>,
    ): void {
      app.get(`/contacts/imports/:id/${name}`, { schema, config: read }, async (request, reply) => {
        const list = pagedList(request, reply, order)
        const row = await existingImport(request.identity.organizationId, request.params.id)
        return list.answer(await readProblems(orm, row.id, list.slice), row[total], withMessage)
      })
    }
  }

interface ProblemListSchema {
  tags: string[]
  params: typeof IdParams
  querystring: typeof PaginationQuery
}

/**
 * The bytes of a body. The import may stop before the body ends. The rest is then read and dropped: a client reads the refusal only after it has sent
 * everything, so the connection must stay open until then.
 */
async function* upload(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw new DomainError('invalid', 'UploadInterruptedError', 'The upload was interrupted', { cause: String(error) })
  } finally {
    body.resume()
  }
}

function audienceOf({ audienceId, audienceName }: ImportContactsQuery): ImportAudience {
  if (audienceId !== undefined && audienceName !== undefined)
    throw invalidField('/query/audienceName', 'cannot be combined with audienceId')
  if (audienceId !== undefined) return { id: audienceId }
  return audienceName === undefined ? null : { name: audienceName }
}

function countsOf({ rows, created, updated, duplicates, rejected, warned }: ContactImportRow) {
  return { rows, created, updated, duplicates, rejected, warned }
}

const texts = new Map<string, string>(Object.entries(importProblemTexts))

function withMessage<T extends { reason: string }>(problem: T): T & { message: string } {
  return { ...problem, message: texts.get(problem.reason) ?? problem.reason }
}
