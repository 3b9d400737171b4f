import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { tenantShare } from '@carillon/service-kit/domain/tenant-share'
import { eventFeeds, type FeedState } from '@carillon/service-kit/http/event-feeds'
import { EventStreamHeaders, eventStreamResponses, lastEventId, replyWithEvents } from '@carillon/service-kit/http/event-stream-reply'
import { sliceOf } from '@carillon/service-kit/postgres/list-order'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { executionOrder, listActiveExecutions } from '../store/executions.ts'
import { toExecutionResponse } from './execution-response.ts'
import type { RouteDeps } from './route-deps.ts'

const StreamExecutions = {
  operationId: 'streamActiveExecutions',
  summary: 'Follow the executions that have not ended',
  description:
    'Server-sent events: `executions` with the list of `listActiveExecutions` in the mode of the request, and again whenever it has changed, twice a second at most: the thousand latest. A stream lasts fifteen minutes ' +
    'at most; a reader that opens it again with `Last-Event-ID` gets only what it does not know.',
  errors: { TooManyRequestsError: 'The organization follows as many lists as it may at a time.' },
  tags: [tags.executions],
  headers: EventStreamHeaders,
  response: eventStreamResponses('A stream of server-sent events.'),
}

/** Streams that an organization may have open at a time, from one replica. */
const atOnce = 500
/** Executions of one event. */
const shown = 1_000

const streams = tenantShare(
  (count) =>
    new DomainError('too_many', 'TooManyRequestsError', `The organization follows ${count} lists already. Close one of the streams`),
)

/** `/program-executions/stream`: the organization's executions at a glance. */
export const executionsStreamRoutes =
  ({ deps: { database, every, logger } }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    async function stateOf(key: string): Promise<FeedState> {
      const [organizationId = '', mode] = key.split(' ')
      const listed = { organizationId, isTest: mode === 'test' }
      const executions = await listActiveExecutions(database.orm, listed, sliceOf(executionOrder, { limit: shown }))
      return { data: executions.map(toExecutionResponse), isFinal: false }
    }
    const feeds = eventFeeds({ name: 'executions', every, logger, read: stateOf })
    app.addHook('preClose', async () => feeds.close())

    app.get('/program-executions/stream', { schema: StreamExecutions, config: { role: 'supervisor' } }, async (request, reply) => {
      const { organizationId, test } = request.identity
      const end = streams.begin(organizationId, atOnce)
      try {
        const key = `${organizationId} ${test ? 'test' : 'live'}`
        const stream = feeds.open(key, await stateOf(key), lastEventId(request))
        if (stream) stream.once('close', end)
        else end()
        return replyWithEvents(reply, stream)
      } catch (error) {
        end()
        throw error
      }
    })
  }
