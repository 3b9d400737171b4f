import type { Readable } from 'node:stream'
import { DncFile, DncImportResult, ImportDncQuery } from '@carillon/contracts/dnc-entry'
import { tags } from '@carillon/contracts/tags'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { dncRejectionTexts } from '../domain/dnc-row.ts'
import { importDncEntries } from '../import/dnc-import.ts'
import { fileTypes, takeFilesAsStreams, upload } from './file-upload.ts'

const ImportDncEntries = {
  operationId: 'importDncEntries',
  summary: 'Import numbers into the do-not-call list from a CSV file',
  description:
    'The body is the file itself, with a header line. The columns are recognized by their names: `phone`, and optionally `reason` and `expiresAt` (an instant with an offset). A number that is in the list already gets the reason and the expiry of its row, so the same file may be sent again. A row with a number, a reason or an expiry that cannot be used is rejected: the import goes on. Answers when the whole file is read.',
  errors: {
    PayloadTooLargeError: 'The file has more than a gigabyte or five million rows. The rows before that were imported.',
    TooManyRequestsError: 'The organization imports four files already. Try again when one of them is imported.',
    UploadInterruptedError: 'The connection broke before the whole file had arrived. Send it again.',
    ValidationError: 'This includes an empty file, and a file without a column of phone numbers.',
  },
  tags: [tags.dnc],
  consumes: fileTypes,
  file: DncFile,
  querystring: ImportDncQuery,
  response: { 200: DncImportResult },
}

export const dncImportRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    takeFilesAsStreams(app)
    const config = { role: 'admin', liveOnly: true } as const
    app.post('/dnc/import', { schema: ImportDncEntries, config }, async ({ identity, query, body, id: requestId }) => {
      if (!body) throw invalidField('/headers', 'the file is empty')
      const { country = identity.country, extensions = false } = query
      const counts = await importDncEntries(deps, { identity, country, extensions, requestId }, upload(body as Readable))
      return {
        ...counts,
        rejections: counts.rejections.map((rejection) => ({ ...rejection, message: dncRejectionTexts[rejection.reason] })),
        rejectionsTruncated: counts.rejected > counts.rejections.length,
      }
    })
  }
