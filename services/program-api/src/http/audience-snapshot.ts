import { Readable } from 'node:stream'
import { IdParams } from '@carillon/contracts/request'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { audienceNotFound } from '../domain/not-found.ts'
import { snapshotPages } from '../store/audience-contacts.ts'
import { audienceExists } from '../store/audiences.ts'
import { onlyForServices } from './only-for-services.ts'

const GetAudienceSnapshot = { hide: true, params: IdParams }

/** For other services only: the gateway routes nothing under `/internal`. */
export const audienceSnapshotRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/internal/audiences/:id/contacts',
      { schema: GetAudienceSnapshot, config: { role: 'platform_admin' } },
      async ({ identity, params }, reply) => {
        onlyForServices(identity)
        if (!(await audienceExists(database.orm, identity.organizationId, params.id))) throw audienceNotFound(params.id)
        return reply
          .type('application/x-ndjson')
          .send(Readable.from(snapshotPages(database, identity.organizationId, params.id), { highWaterMark: 1 }))
      },
    )
  }
