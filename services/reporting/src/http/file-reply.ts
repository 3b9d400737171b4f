import { type ExportFormat, exportMediaTypes } from '@carillon/contracts/report-export'
import { Type } from '@sinclair/typebox'

/** The answer of a route that sends a file of either format, as an attachment of that name. */
export function fileResponse(name: string) {
  const schema = Type.Unsafe<NodeJS.ReadableStream | Buffer>(
    Type.String({ format: 'binary', description: `The file, as an attachment named \`${name}\`` }),
  )
  const mediaTypes = Object.values(exportMediaTypes).map((mediaType) => mediaType.split(';')[0] ?? mediaType)
  return { description: 'The file.', content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }])) }
}

interface Replied {
  header(name: string, value: string): unknown
}

/** A browser saves the file under this name, and does not keep it: the figures change. */
export function announceFile(reply: Replied, name: string, format: ExportFormat): void {
  reply.header('content-type', exportMediaTypes[format])
  reply.header('content-disposition', `attachment; filename="${name}.${format}"`)
}
