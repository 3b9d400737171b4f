import type { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The answers of a route that streams server-sent events. */
export function eventStreamResponses(description: string) {
  const schema = Type.Unsafe<NodeJS.ReadableStream>(Type.String({ description }))
  return {
    200: { description, content: { 'text/event-stream': { schema } } },
    204: Type.Null({ description: 'The event of `Last-Event-ID` was the last one: do not open the stream again.' }),
  }
}

/** The headers that a reader sends when it opens a stream again. */
export const EventStreamHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ maxLength: 100, description: 'The id of the last event that the reader got: the stream goes on behind it' }),
  ),
})

/** The id of the last event that the caller got. */
export function lastEventId({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** Answers with the stream, or with 204 where there is none. */
export function replyWithEvents(reply: FastifyReply, stream: Readable | null): FastifyReply {
  if (stream === null) return reply.code(204).send(null)
  // Some proxies would gather the events.
  return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(stream)
}
