import { ExecutionSchedule } from '@carillon/contracts/execution-schedule'
import { toIso } from '@carillon/contracts/instant'
import { IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isLive } from '../domain/execution.ts'
import { compileRules } from '../domain/execution-rules.ts'
import { executionNotFound } from '../domain/not-found.ts'
import { scheduleOf } from '../domain/schedule.ts'
import { nextDueByZone } from '../store/execution-contacts.ts'
import { findExecution } from '../store/executions.ts'
import { nextRetries } from '../store/next-retries.ts'
import type { RouteDeps } from './route-deps.ts'

const GetSchedule = {
  operationId: 'getExecutionSchedule',
  summary: 'Get what comes next in an execution',
  description: 'What it waits for, when the next calls are made, when it pauses and ends, and when retries fall due, as things are now.',
  errors: { ExecutionNotFoundError: 'The organization has no execution with this id.' },
  tags: [tags.executions],
  params: IdParams,
  response: { 200: ExecutionSchedule },
}

/** Quarters of an hour that an answer lists at most. */
const listedQuarters = 96

/** `/program-executions/:id/schedule` */
export const scheduleRoutes =
  ({ deps: { database, clock }, api }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/program-executions/:id/schedule', { schema: GetSchedule, config: { role: 'supervisor' } }, async (request) => {
      const { organizationId } = request.identity
      const { id } = request.params
      const read = await database.snapshot(async (tx) => {
        const execution = await findExecution(tx.orm, organizationId, id)
        if (!execution) throw executionNotFound()
        if (!isLive(execution.state)) return { execution, dueByZone: new Map<string, number>(), retries: [] }
        const dueByZone = await nextDueByZone(tx, id, execution.plan.zones)
        return { execution, dueByZone, retries: await nextRetries(tx, id, listedQuarters) }
      })
      const { plan, state } = read.execution
      // Asked outside of the transaction, and only where the answer counts.
      const hasDids = state.status !== 'running' || (await api.activeDids(organizationId, plan.programId)).length > 0
      const schedule = scheduleOf(compileRules(plan), state, { dueByZone: read.dueByZone, hasDids, nowMs: clock.now() })
      return {
        executionId: id,
        status: state.status,
        waitingFor: schedule.waitingFor,
        nextCallsAt: instantOrNull(schedule.nextCallsAtMs),
        pausesAt: instantOrNull(schedule.pausesAtMs),
        opensAt: instantOrNull(schedule.opensAtMs),
        endsAt: instantOrNull(schedule.endsAtMs),
        nextRetries: read.retries.map(({ fromMs, contacts }) => ({ from: toIso(fromMs), contacts })),
      }
    })
  }

const instantOrNull = (atMs: number | null) => (atMs === null ? null : toIso(atMs))
