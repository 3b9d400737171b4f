import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { Authentication } from '../authentication/authentication.ts'

/** What the routes are built from. */
export interface RouteDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock'>
  authentication: Authentication
}
