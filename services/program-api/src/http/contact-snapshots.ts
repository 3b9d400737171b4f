import { Readable } from 'node:stream'
import { Uuid } from '@carillon/contracts/scalars'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { findSnapshots } from '../store/contacts.ts'
import { onlyForServices } from './only-for-services.ts'

const GetSnapshots = {
  hide: true,
  body: Type.Object({ contactIds: Type.Array(Uuid, { maxItems: 1_000 }) }, { additionalProperties: false }),
}

/** Contacts by id, as NDJSON; those that do not exist are left out. For other services only: the gateway routes nothing under `/internal`. */
export const contactSnapshotRoutes =
  ({ database }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/internal/contacts/snapshots',
      { schema: GetSnapshots, config: { role: 'platform_admin' } },
      async ({ identity, body }, reply) => {
        onlyForServices(identity)
        const contacts = await findSnapshots(database.orm, identity.organizationId, body.contactIds)
        const lines = contacts.map((contact) => `${JSON.stringify(contact)}\n`)
        return reply.type('application/x-ndjson').send(Readable.from(lines))
      },
    )
  }
