import { ErrorBody } from '@carillon/contracts/error-body'
import { LaunchResponse } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Execution, launchState } from '../domain/execution.ts'
import { launchedEvent } from '../domain/execution-messages.ts'
import { audienceEmpty, planLaunch } from '../domain/launch.ts'
import { copyContacts } from '../store/contact-intake.ts'
import { insertExecution, setTotalContacts } from '../store/executions.ts'
import type { RouteDeps } from './route-deps.ts'

const LaunchProgram = {
  tags: [tags.executions],
  summary: 'Launch a program: copy the contacts of its audience and start to call them',
  params: IdParams,
  headers: IdempotencyHeaders,
  response: { 201: LaunchResponse, 400: ErrorBody, 404: ErrorBody, 409: ErrorBody },
}

/** `POST /programs/:id/launch` */
export const launchRoute =
  ({ deps, api, accounts, defaultMaxConcurrentCalls, changed }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/programs/:id/launch', { schema: LaunchProgram, config: { role: 'admin' } }, async (request, reply) => {
      if (!request.identity.test) await accounts.refreshBalance(request.identity.organizationId)
      let launched: Pick<Execution, 'plan' | 'state'> | undefined
      const response = await createOnce(deps.database, request, async (tx): Promise<LaunchResponse> => {
        launched = await launch(tx, request.identity, request.params.id, request.id)
        return { executionId: launched.plan.id }
      })
      if (launched) changed(launched)
      // Also when the answer is repeated: the process may have died between the commit and the first answer.
      await noteLaunch(request.identity.organizationId, request.params.id, response.executionId)
      return reply.code(201).send(response)
    })

    /** The program is `active` when the launch is answered. If program-api does not answer in time, the event of the launch makes it so a moment later. */
    async function noteLaunch(organizationId: string, programId: string, executionId: string): Promise<void> {
      try {
        await api.noteLaunch({ organizationId, programId, executionId })
      } catch (error) {
        deps.logger.warn({ err: error, executionId, programId, correlationId: executionId }, 'program-api did not take note of a launch')
      }
    }

    /** Everything in one transaction: an execution exists with all its contacts, or not at all. */
    async function launch(tx: Tx, identity: Identity, programId: string, requestId: string): Promise<Pick<Execution, 'plan' | 'state'>> {
      const snapshot = await api.launchSnapshot(identity.organizationId, programId)
      const nowMs = deps.clock.now()
      const { organizationId, timezone, test: isTest = false } = identity
      const draft = planLaunch(snapshot, {
        id: uuidv7(nowMs),
        organizationId,
        timezone,
        maxConcurrentCalls: defaultMaxConcurrentCalls,
        isTest,
        nowMs,
      })
      const { autoPauseRules } = snapshot.program
      await insertExecution(tx, { plan: draft, state: launchState(draft, nowMs), autoPauseRules, updatedAtMs: nowMs })
      const totalContacts = await copyContacts(tx, draft.id, nowMs, api.audienceContacts(identity, draft.audienceId))
      if (totalContacts === 0) throw audienceEmpty()
      await setTotalContacts(tx, draft.id, totalContacts)
      const plan = { ...draft, totalContacts }
      const state = launchState(plan, nowMs)
      const message = launchedEvent(plan, state, nowMs, requestId)
      await appendToOutbox(tx, deps.outbox, [{ stream: 'PROGRAMS', laneKey: plan.id, message }])
      return { plan, state }
    }
  }
