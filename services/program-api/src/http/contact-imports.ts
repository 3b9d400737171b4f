import type { Readable } from 'node:stream'
import {
  ContactFile,
  ImportContactsQuery,
  ImportProgress,
  ImportRejectionPage,
  ImportResult,
  ImportWarningPage,
} from '@carillon/contracts/contact-import'
import { toIso } from '@carillon/contracts/instant'
import { PaginationQuery } from '@carillon/contracts/pagination'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
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
import { fileTypes, takeFilesAsStreams, upload } from './file-upload.ts'

/** Rejections and warnings in the answer to the upload; the import's own routes list all of them. */
const inlineLimit = 10_000

const ImportContacts = {
  operationId: 'importContacts',
  summary: 'Import contacts from a CSV file',
  description:
    'The body is the file itself, with a header line. The columns for phone, first name, last name and custom attributes are recognized by their names; one must be a phone number. A row whose number is already known updates that contact, so the same file may be sent again. A row without a usable number is rejected, and a value that does not fit is dropped with a warning: the import goes on. Contacts join the audience that the query names. Answers when the whole file is read.',
  errors: {
    AudienceNotFoundError: 'The organization has no audience with the id `audienceId`.',
    PayloadTooLargeError: 'The file has more than a gigabyte or five million rows. The rows before that were imported.',
    TooManyRequestsError: 'The organization imports four files already. Try again when one of them is imported.',
    UploadInterruptedError: 'The connection broke before the whole file had arrived. Send it again.',
    ValidationError:
      'This includes an empty file, a file without a column of phone numbers, and `audienceId` together with `audienceName`.',
  },
  tags: [tags.contacts],
  consumes: fileTypes,
  file: ContactFile,
  querystring: ImportContactsQuery,
  response: { 200: ImportResult },
}
const GetImport = {
  operationId: 'getImport',
  summary: 'Get the progress of an import',
  description: 'How many rows were read so far, and what became of them. While the import runs, the counts grow.',
  errors: {
    ImportNotFoundError: 'The organization has no import with this id.',
  },
  tags: [tags.contacts],
  params: IdParams,
  response: { 200: ImportProgress },
}
const ListImportRejections = {
  operationId: 'listImportRejections',
  summary: 'List the rejected rows of an import',
  description: 'The rows that were not imported, each with its line, the reason and the value at fault, in the order of the file.',
  errors: {
    ImportNotFoundError: 'The organization has no import with this id.',
  },
  tags: [tags.contacts],
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ImportRejectionPage },
}
const ListImportWarnings = {
  operationId: 'listImportWarnings',
  summary: 'List the values dropped from imported rows',
  description: 'The rows were imported without these values. In the order of the file.',
  errors: {
    ImportNotFoundError: 'The organization has no import with this id.',
  },
  tags: [tags.contacts],
  params: IdParams,
  querystring: PaginationQuery,
  response: { 200: ImportWarningPage },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const contactImportRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { orm } = deps.database
    takeFilesAsStreams(app)

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
