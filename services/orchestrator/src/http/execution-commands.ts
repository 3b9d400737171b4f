import type { ExecutionEvent } from '@carillon/contracts/program-events'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { FastifyRequest } from 'fastify'
import { checkMode, type Execution } from '../domain/execution.ts'
import { executionNotFound } from '../domain/not-found.ts'
import { lockExecution, updateExecution } from '../store/executions.ts'
import type { RouteDeps } from './route-deps.ts'

/** What a command decides about an execution. Without events it changes nothing. */
export interface Decision {
  plan?: Execution['plan']
  state: Execution['state']
  autoPauseRules?: Execution['autoPauseRules']
  events: readonly ExecutionEvent[]
}

/** Decides on the locked row, so that a command and the lane never work on the same state at once. It may write contacts of the execution. */
export type Decide = (tx: Tx, execution: Execution, nowMs: number) => Decision | Promise<Decision>

/** Carries out commands: the decision, its events and the new row commit together, and the lane learns of it. */
export const executionCommands =
  ({ deps: { database, clock, outbox }, changed }: RouteDeps) =>
  async (request: FastifyRequest, id: string, decide: Decide): Promise<Execution> => {
    const { execution, hasChanged } = await database.transaction(async (tx) => {
      const before = await lockExecution(tx, request.identity.organizationId, id)
      if (!before) throw executionNotFound()
      checkMode(before.plan, request.identity)
      const nowMs = clock.now()
      const { plan = before.plan, state, autoPauseRules = before.autoPauseRules, events } = await decide(tx, before, nowMs)
      if (events.length === 0) return { execution: before, hasChanged: false }
      const after = { plan, state, autoPauseRules, updatedAtMs: nowMs }
      await updateExecution(tx, after)
      await appendToOutbox(
        tx,
        outbox,
        events.map((message) => ({ stream: 'PROGRAMS', laneKey: id, message })),
      )
      return { execution: after, hasChanged: true }
    })
    if (hasChanged) changed(execution)
    return execution
  }
