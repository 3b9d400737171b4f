import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { Execution } from '../domain/execution.ts'
import type { ProgramApi } from '../program-api.ts'

/** What the routes are built from. */
export interface RouteDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock' | 'outbox'>
  api: ProgramApi
  /** Of an execution whose program limits nothing. */
  defaultMaxConcurrentCalls: number
  /** Tells the lane at once, after the commit; every lane finds out by itself a little later. */
  changed(execution: Pick<Execution, 'plan' | 'state'>): void
}
