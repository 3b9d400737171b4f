import type { Readable } from 'node:stream'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** Content types that browsers and scripts give to CSV files. */
export const fileTypes = ['text/csv', 'application/csv', 'application/octet-stream', 'application/vnd.ms-excel']

/** Lets the routes of a plugin take a file as a stream, and nothing else. The body limit is for bodies that are held in memory. */
export function takeFilesAsStreams(app: Parameters<FastifyPluginAsyncTypebox>[0]): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(fileTypes, (_request, payload, done) => done(null, payload))
}

/**
 * The bytes of a body. The import may stop before the body ends. The rest is then read and dropped: a client reads the refusal only after it has sent
 * everything, so the connection must stay open until then.
 */
export async function* upload(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch {
    throw new DomainError('invalid', 'UploadInterruptedError', 'The upload was interrupted')
  } finally {
    body.resume()
  }
}
