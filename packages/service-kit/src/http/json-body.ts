import type { FastifyInstance } from 'fastify'
import { DomainError, invalidField } from '../domain/domain-error.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Bodies are JSON in UTF-8 (RFC 8259), and no other type is read. A JSON request without a body is accepted: some clients send the header with every
 * request.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parsed(request.headers['content-type'] ?? '', body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function parsed(contentType: string, body: Buffer): unknown {
  const [, charset] = /;\s*charset="?([^";\s]+)/i.exec(contentType) ?? []
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    const message = `The charset ${charset.slice(0, 40)} is not supported; send the body in UTF-8`
    throw new DomainError('unsupported', 'UnsupportedMediaTypeError', message)
  }
  if (body.length === 0) return undefined
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    throw invalidField('', 'is not UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidField('', `is not JSON${placeOf(error)}`)
  }
}

/** Where the parser stopped. The rest of its message quotes the body. */
function placeOf(error: unknown): string {
  const [, line, column] = (error instanceof Error && /\(line (\d+) column (\d+)\)/.exec(error.message)) || []
  return line === undefined ? '' : `: see line ${line}, column ${column}`
}
