import { ExecutionResponse, ResumeExecutionRequest } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import { ListQuery } from '@carillon/contracts/pagination'
import type { AutoPauseRule } from '@carillon/contracts/program'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { plainList } from '@carillon/service-kit/http/lists'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { checkAutoPauseRules } from '../domain/auto-pause-rules.ts'
import { cancel, type Execution, pause, resume, type Transition } from '../domain/execution.ts'
import { lifecycleEvent } from '../domain/execution-messages.ts'
import { executionNotFound } from '../domain/not-found.ts'
import {
  executionOrder,
  findExecution,
  type Listed,
  listActiveExecutions,
  listProgramExecutions,
  wasLaunched,
} from '../store/executions.ts'
import { executionCommands } from './execution-commands.ts'
import { toExecutionResponse } from './execution-response.ts'
import type { RouteDeps } from './route-deps.ts'

const common = { tags: [tags.executions], params: IdParams }
const command = { ...common, response: { 200: ExecutionResponse } }

const ListProgramExecutions = {
  operationId: 'listProgramExecutions',
  summary: 'List the executions of a program',
  description: 'All that are in the mode of the request, the latest first.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
  },
  ...common,
  querystring: ListQuery,
  response: { 200: Type.Array(ExecutionResponse) },
}
const ListExecutions = {
  operationId: 'listActiveExecutions',
  summary: 'List the executions that have not ended',
  description: 'Those of all programs of the organization that are in the mode of the request, the latest first.',
  tags: [tags.executions],
  querystring: ListQuery,
  response: { 200: Type.Array(ExecutionResponse) },
}
const GetExecution = {
  operationId: 'getExecution',
  summary: 'Get an execution',
  description: 'Its status, and its contacts by what became of them. The counts always add up to `totalContacts`.',
  errors: {
    ExecutionNotFoundError: 'The organization has no execution with this id.',
  },
  ...common,
  response: { 200: ExecutionResponse },
}
const PauseExecution = {
  operationId: 'pauseExecution',
  summary: 'Pause an execution',
  description: 'No new call is started. Queued and ongoing calls run to their end. The execution still stops at its `stopAt`.',
  errors: {
    ExecutionNotFoundError: 'The organization has no execution with this id.',
    InvalidExecutionStateError: 'The execution is not `running`.',
  },
  ...command,
}
const ResumeExecution = {
  operationId: 'resumeExecution',
  summary: 'Resume an execution',
  description:
    'Calls are started again, from any of the paused statuses. The body may be left out; with `autoPauseRules` it replaces the rules that pause the execution by itself. After a pause by a rule, the counters of rules with `resetOnResume` start from 0. A rule without it does not pause again until the rules are replaced.',
  errors: {
    ExecutionNotFoundError: 'The organization has no execution with this id.',
    InvalidExecutionStateError: 'The execution is not paused.',
    ValidationError: 'This includes a rule for a node that the execution’s flow does not have.',
  },
  ...command,
  body: ResumeExecutionRequest,
}
const CancelExecution = {
  operationId: 'cancelExecution',
  summary: 'Cancel an execution',
  description: 'Contacts that wait are skipped. Queued and ongoing calls run to their end. A cancelled execution cannot be resumed.',
  errors: {
    ExecutionNotFoundError: 'The organization has no execution with this id.',
    InvalidExecutionStateError: 'The execution has ended already.',
  },
  ...common,
  response: { 204: Type.Null() },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

/** `/program-executions`, and a program's executions. */
export const executionRoutes =
  (routeDeps: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { deps, api, accounts } = routeDeps
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
          await carryOut(request, request.params.id, ({ plan, state, autoPauseRules }) => {
            if (rules) checkAutoPauseRules(plan, rules)
            const valid = rules ?? autoPauseRules ?? []
            return { ...resume(state, valid, Boolean(rules)), ...(rules ? { autoPauseRules: rules } : {}) }
          }),
        )
      },
    )

    app.delete('/program-executions/:id', { schema: CancelExecution, config: change }, async (request, reply) => {
      await carryOut(request, request.params.id, ({ state }) => cancel(state, clock.now()))
      return reply.code(204).send(null)
    })

    const commands = executionCommands(routeDeps)

    type Transit = Transition & { autoPauseRules?: AutoPauseRule[] }

    function carryOut(request: FastifyRequest, id: string, decide: (execution: Execution) => Transit): Promise<Execution> {
      return commands(request, id, (_tx, execution, nowMs) => {
        const { type, state, ...rules } = decide(execution)
        return { state, ...rules, events: [lifecycleEvent(execution.plan, { type, state }, nowMs, request.id)] }
      })
    }
  }

/** Lists hold the executions of the request's own mode. */
function listedFor({ organizationId, test }: Identity): Listed {
  return { organizationId, isTest: test === true }
}

async function bodyIsOptional(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}
