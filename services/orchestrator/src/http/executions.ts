import { ErrorBody } from '@carillon/contracts/error-body'
import { ExecutionResponse, ResumeExecutionRequest } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import { ListQuery } from '@carillon/contracts/pagination'
import type { AutoPauseRule } from '@carillon/contracts/program'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { plainList } from '@carillon/service-kit/http/lists'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { checkAutoPauseRules } from '../domain/auto-pause-rules.ts'
import { cancel, checkMode, type Execution, pause, resume, type Transition } from '../domain/execution.ts'
import { lifecycleEvent } from '../domain/execution-messages.ts'
import { executionNotFound } from '../domain/not-found.ts'
import {
  executionOrder,
  findExecution,
  type Listed,
  listActiveExecutions,
  listProgramExecutions,
  lockExecution,
  updateExecution,
  wasLaunched,
} from '../store/executions.ts'
import { toExecutionResponse } from './execution-response.ts'
import type { RouteDeps } from './route-deps.ts'

const common = { tags: [tags.executions], params: IdParams }
const command = { ...common, response: { 200: ExecutionResponse, 400: ErrorBody, 404: ErrorBody } }

const ListProgramExecutions = {
  ...common,
  summary: 'List all executions of a program in the mode of the request, the latest first',
  querystring: ListQuery,
  response: { 200: Type.Array(ExecutionResponse), 400: ErrorBody, 404: ErrorBody },
}
const ListExecutions = {
  tags: [tags.executions],
  summary: 'List the executions in the mode of the request that have not ended, the latest first',
  querystring: ListQuery,
  response: { 200: Type.Array(ExecutionResponse), 400: ErrorBody },
}
const GetExecution = { ...common, summary: 'Get an execution', response: { 200: ExecutionResponse, 404: ErrorBody } }
const PauseExecution = { ...command, summary: 'Pause a running execution; queued and ongoing calls run to their end' }
const ResumeExecution = { ...command, summary: 'Resume a paused execution', body: ResumeExecutionRequest }
const CancelExecution = {
  ...common,
  summary: 'Cancel an execution: waiting contacts are skipped; queued and ongoing calls run to their end',
  response: { 204: Type.Null(), 400: ErrorBody, 404: ErrorBody },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

/** `/program-executions`, and a program's executions. */
export const executionRoutes =
  ({ deps, api, accounts, changed }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.get('/programs/:id/executions', { schema: ListProgramExecutions, config: read }, async (request, reply) => {
      const { organizationId } = request.identity
      const { id } = request.params
      const list = plainList(request, reply, executionOrder)
      const executions = await listProgramExecutions(database.orm, listedFor(request.identity), id, list.slice)
      // Only program-api knows a program that was never launched. It refuses the question for one that does not exist.
      if (executions.length === 0 && !(await wasLaunched(database.orm, organizationId, id))) await api.activeDids(organizationId, id)
      return list.rows(executions).map(toExecutionResponse)
    })

    app.get('/program-executions', { schema: ListExecutions, config: read }, async (request, reply) => {
      const list = plainList(request, reply, executionOrder)
      const executions = await listActiveExecutions(database.orm, listedFor(request.identity), list.slice)
      return list.rows(executions).map(toExecutionResponse)
    })

    app.get('/program-executions/:id', { schema: GetExecution, config: read }, async ({ identity, params: { id } }) => {
      const execution = await findExecution(database.orm, identity.organizationId, id)
      if (!execution) throw executionNotFound()
      return toExecutionResponse(execution)
    })

    app.patch('/program-executions/:id/pause', { schema: PauseExecution, config: change }, async (request) =>
      toExecutionResponse(await carryOut(request, request.params.id, ({ state }) => pause(state))),
    )

    app.patch(
      '/program-executions/:id/resume',
      { schema: ResumeExecution, config: change, preValidation: bodyIsOptional },
      async (request) => {
        const rules = request.body.autoPauseRules
        if (!request.identity.test) await accounts.refreshBalance(request.identity.organizationId)
        return toExecutionResponse(
          await carryOut(request, request.params.id, ({ plan, state }) => {
            if (rules) checkAutoPauseRules(plan, rules)
            return { ...resume(state), ...(rules ? { autoPauseRules: rules } : {}) }
          }),
        )
      },
    )

    app.delete('/program-executions/:id', { schema: CancelExecution, config: change }, async (request, reply) => {
      await carryOut(request, request.params.id, ({ state }) => cancel(state, clock.now()))
      return reply.code(204).send(null)
    })

    type Decision = Transition & { autoPauseRules?: AutoPauseRule[] }

    /** Decides on the locked row, so that a command and the lane never work on the same state at once. */
    async function carryOut(request: FastifyRequest, id: string, decide: (execution: Execution) => Decision): Promise<Execution> {
      const execution = await database.transaction(async (tx: Tx) => {
        const before = await lockExecution(tx, request.identity.organizationId, id)
        if (!before) throw executionNotFound()
        checkMode(before.plan, request.identity)
        const { type, state, autoPauseRules = before.autoPauseRules } = decide(before)
        const after = { plan: before.plan, state, autoPauseRules, updatedAtMs: clock.now() }
        await updateExecution(tx, after)
        const message = lifecycleEvent(after.plan, { type, state }, after.updatedAtMs, request.id)
        await appendToOutbox(tx, deps.outbox, [{ stream: 'PROGRAMS', laneKey: id, message }])
        return after
      })
      changed(execution)
      return execution
    }
  }

/** Lists hold the executions of the request's own mode. */
function listedFor({ organizationId, test }: Identity): Listed {
  return { organizationId, isTest: test === true }
}

async function bodyIsOptional(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}
