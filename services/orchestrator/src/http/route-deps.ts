import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { Billing } from '../billing.ts'
import type { Execution } from '../domain/execution.ts'
import type { Organizations } from '../organizations.ts'
import type { ProgramApi } from '../program-api.ts'
import type { JobQueue } from '../store/job-queues.ts'

/** What the routes are built from. */
export interface RouteDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock' | 'outbox' | 'logger' | 'watchdog' | 'every'>
  api: ProgramApi
  organizations: Organizations
  accounts: Billing
  /** For a program without a limit of its own. */
  defaultMaxConcurrentCalls: number
  /** Tells the job’s lane. A lane on another replica learns of it within half a second. */
  jobAdded(queue: JobQueue, dueAtMs: number): void
  /** Wakes the execution's lane after a commit. A lane on another replica learns of it within half a second. */
  changed(execution: Pick<Execution, 'plan' | 'state'>): void
}
