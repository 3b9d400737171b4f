import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { ErrorBody } from '@carillon/contracts/error-body'
import { LaunchResponse } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import { laneOf } from '@carillon/contracts/lane'
import { Uuid } from '@carillon/contracts/scalars'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { fromIso } from '@carillon/service-kit/domain/instant'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { once } from '@carillon/service-kit/http/idempotency'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Execution, type ExecutionPlan, launchState } from '../domain/execution.ts'
import { launchedEvent } from '../domain/execution-messages.ts'
import type { ProgramApi } from '../program-api.ts'
import { copyContacts } from '../store/contact-intake.ts'
import { insertExecution, isAlreadyRunning, setTotalContacts } from '../store/executions.ts'
import type { RouteDeps } from './route-deps.ts'

const LaunchProgram = {
  tags: ['Executions'],
  summary: 'Launch a program: take a snapshot of its audience and call it',
  params: Type.Object({ id: Uuid }),
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
  response: { 201: LaunchResponse, 400: ErrorBody, 404: ErrorBody, 409: ErrorBody },
}

/** `POST /programs/:id/launch` */
export const launchRoute =
  ({ deps, api, defaultMaxConcurrentCalls, changed }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/programs/:id/launch', { schema: LaunchProgram, config: { role: 'admin' } }, async (request, reply) => {
      const { identity, params } = request
      let launched: Pick<Execution, 'plan' | 'state'> | undefined
      const answer = await deps.database
        .transaction((tx) =>
          once(
            tx,
            {
              organizationId: identity.organizationId,
              key: request.headers['idempotency-key'],
              route: `POST /programs/${params.id}/launch`,
              body: null,
            },
            async () => {
              launched = await launch(tx, identity, params.id, request.id)
              return { statusCode: 201, body: { executionId: launched.plan.id } satisfies LaunchResponse }
            },
          ),
        )
        .catch((error: unknown) => {
          throw isAlreadyRunning(error) ? alreadyRunning() : error
        })
      if (launched) changed(launched)
      return reply.code(201).send(answer.body as LaunchResponse)
    })

    /** Everything in one transaction: an execution exists with all its contacts, or not at all. */
    async function launch(tx: Tx, identity: Identity, programId: string, requestId: string) {
      const snapshot = await api.launchSnapshot(identity.organizationId, programId)
      const nowMs = deps.clock.now()
      const plan = planOf(snapshot, identity, nowMs, defaultMaxConcurrentCalls)
      const autoPauseRules = snapshot.program.autoPauseRules
      await insertExecution(tx, { plan, state: launchState(plan, nowMs), autoPauseRules, updatedAtMs: nowMs })
      const totalContacts = await copyContacts(tx, plan.id, nowMs, api.audienceContacts(identity, plan.audienceId))
      if (totalContacts === 0) throw new DomainError('invalid', 'AudienceEmptyError', 'Audience has no contacts')
      await setTotalContacts(tx, plan.id, totalContacts)
      const launched = { plan: { ...plan, totalContacts }, state: launchState({ ...plan, totalContacts }, nowMs) }
      const message = launchedEvent(launched.plan, launched.state, nowMs, requestId)
      await appendToOutbox(tx, deps.outbox, [{ stream: 'PROGRAMS', laneKey: plan.id, message }])
      return launched
    }
  }

type Snapshot = Awaited<ReturnType<ProgramApi['launchSnapshot']>>

/** A launch of the program as it is now. `totalContacts` is 0 until they are counted. */
function planOf({ program, flow, dids }: Snapshot, identity: Identity, nowMs: number, defaultMaxConcurrentCalls: number): ExecutionPlan {
  if (dids.length === 0) throw new DomainError('invalid', 'EmptyDidPoolError', 'None of the program’s DIDs is active')
  const id = uuidv7(nowMs)
  const timezone = program.timezone ?? identity.timezone
  // Throws for what no lane could work with, before anything is written.
  compilePauseWindows(program.pauseWindows, timezone)
  return {
    id,
    organizationId: identity.organizationId,
    programId: program.id,
    programName: program.name,
    audienceId: program.audienceId,
    flowId: flow.id,
    flowVersion: flow.version,
    flowName: flow.name,
    nodes: flow.graph.nodes.map((node) => ({ id: node.id, type: node.type, ...(node.label === undefined ? {} : { label: node.label }) })),
    dids,
    retryStrategy: program.retryStrategy,
    pauseWindows: program.pauseWindows,
    callingHours: program.callingHours,
    timezone,
    maxConcurrentCalls: program.pacing?.maxConcurrentCalls ?? defaultMaxConcurrentCalls,
    callsPerSecond: program.pacing?.callsPerSecond ?? null,
    amd: program.amd,
    lane: laneOf(id),
    scheduledStartAtMs: fromIso(program.startAt),
    scheduledStopAtMs: program.stopAt === null ? null : fromIso(program.stopAt),
    totalContacts: 0,
    createdAtMs: nowMs,
  }
}

function alreadyRunning(): DomainError {
  return new DomainError('invalid', 'ExecutionAlreadyRunningError', 'Program already has a running execution')
}
