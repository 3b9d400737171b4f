import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { audienceContactRoutes } from './audience-contacts.ts'
import { audienceSnapshotRoutes } from './audience-snapshot.ts'
import { audienceRoutes } from './audiences.ts'
import { contactImportRoutes } from './contact-imports.ts'
import { contactSnapshotRoutes } from './contact-snapshots.ts'
import { contactRoutes } from './contacts.ts'
import { customAttributeRoutes } from './custom-attributes.ts'
import { didRoutes } from './dids.ts'
import { dncEntryRoutes } from './dnc-entries.ts'
import { dncImportRoutes } from './dnc-imports.ts'
import { flowVersionRoutes } from './flow-versions.ts'
import { flowRoutes } from './flows.ts'
import { programRoutes } from './programs.ts'
import { triggerRoutes } from './triggers.ts'

/** All routes of the service. */
export const httpRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const resources = [
      audienceContactRoutes,
      audienceSnapshotRoutes,
      audienceRoutes,
      contactImportRoutes,
      contactRoutes,
      contactSnapshotRoutes,
      customAttributeRoutes,
      didRoutes,
      dncEntryRoutes,
      dncImportRoutes,
      flowVersionRoutes,
      flowRoutes,
      programRoutes,
      triggerRoutes,
    ]
    for (const routes of resources) await app.register(routes(deps))
  }
