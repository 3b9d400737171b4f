import { ServiceEnvironment } from '@carillon/service-kit/process/config'
import { type Static, Type } from '@sinclair/typebox'

/** The orchestrator's environment. */
export const OrchestratorEnvironment = Type.Object({
  ...ServiceEnvironment.properties,
  PROGRAM_API_URL: Type.String({ pattern: '^https?://', description: 'Where an audience is read from at launch' }),
  DEFAULT_MAX_CONCURRENT_CALLS: Type.Integer({
    default: 50,
    minimum: 1,
    maximum: 100_000,
    description: 'Calls at once of an execution whose program says nothing about it',
  }),
  ORDER_VALIDITY_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    description:
      'How long an order may be dialed after it was made, in real time; one of which nothing is heard for as long again is sent again',
  }),
})
export type OrchestratorEnvironment = Static<typeof OrchestratorEnvironment>

/** What the service itself needs of its environment. */
export type OrchestratorConfig = Pick<OrchestratorEnvironment, 'PROGRAM_API_URL' | 'DEFAULT_MAX_CONCURRENT_CALLS' | 'ORDER_VALIDITY_MS'>
