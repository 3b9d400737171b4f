import { type Static, Type } from '@sinclair/typebox'
import { message } from './envelope.ts'
import { TestFlag } from './identity.ts'
import { Nullable, Variables } from './scalars.ts'

/** Order to place one call. Its id is the call id, and a new one each time that the order is sent again. The same order may be delivered any number of times and is dialed at most once. */
export const DialOrder = message(
  'dial',
  Type.Object({
    callId: Type.String(),
    executionId: Nullable(Type.String()),
    jobId: Nullable(Type.String()),
    programId: Nullable(Type.String()),
    contactId: Nullable(Type.String()),
    attempt: Type.Integer({ minimum: 1 }),
    maxAttempts: Type.Integer({ minimum: 1 }),
    from: Type.String(),
    to: Type.String(),
    flowId: Type.String(),
    flowVersion: Type.Integer(),
    flowName: Type.String(),
    /** Overrides the dial node's own setting. */
    amd: Nullable(Type.Boolean()),
    /** The flow's `contact.*` variables, with flat keys: `contact.firstName`. */
    variables: Variables,
    /** The order is not dialed before this instant of the platform's clock. */
    notBefore: Type.Optional(Type.String()),
    /** The order is not dialed at or after this instant of the platform's clock. */
    notAfter: Type.String(),
    /** Only in test mode: the simulated carrier gets the call. */
    test: TestFlag,
  }),
)
export type DialOrder = Static<typeof DialOrder>
