import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { type Static, Type } from '@sinclair/typebox'

/** The orchestrator's environment. */
export const OrchestratorEnvironment = Type.Object({
  ...ServiceEnvironment.properties,
  PROGRAM_API_URL: Type.String({ pattern: '^https?://', description: 'Where audiences are read from at launch' }),
  DEFAULT_MAX_CONCURRENT_CALLS: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 100_000,
    description: 'Concurrent calls of an execution whose program sets no limit',
  }),
  JOB_MAX_CONCURRENT_CALLS: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 100_000,
    description: 'Concurrent calls of all jobs of an organization, in each mode',
  }),
  ORDER_VALIDITY_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    description:
      'How long an order may be dialed after it was made, in real time. One that is still unanswered after twice as long is sent again',
  }),
})
export type OrchestratorEnvironment = Static<typeof OrchestratorEnvironment>

/** The settings that only the orchestrator has. */
export type OrchestratorConfig = Omit<OrchestratorEnvironment, keyof ServiceEnvironment>
