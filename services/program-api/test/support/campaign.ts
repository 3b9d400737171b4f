import type { ContactCounts, ExecutionStatus } from '@carillon/contracts/execution'
import { testFlag } from '@carillon/contracts/identity'
import { laneOf } from '@carillon/contracts/lane'
import { streams, subjectOf } from '@carillon/contracts/streams'
import type { TriggerCondition } from '@carillon/contracts/trigger-condition'
import { testOrganizationId } from '@carillon/testing/test-service'
import { expect } from 'vitest'
import type { Api, Call } from './api.ts'

const graph = {
  nodes: [
    { id: 'dial-1', type: 'dial', label: 'Dial', config: {} },
    { id: 'bye', type: 'hangup', config: {} },
  ],
  edges: [{ source: 'dial-1', output: 'onAnswer', target: 'bye' }],
}

let numbers = 0

/** Creates what a program needs, and with `withProgram` the program too. `body` is the body of `POST /programs`. */
export async function createCampaign(api: Api, call: Call = {}, withProgram = false) {
  async function created<T>(url: string, body: object): Promise<T> {
    const answer = await api.post(url, body, call)
    expect(answer.status).toBe(201)
    return answer.body as T
  }
  const { id: audienceId } = await created<{ id: string }>('/audiences', { name: 'Everybody' })
  const { id: flowId } = await created<{ id: string }>('/flows', { name: 'Reminder', graph })
  const dids = []
  for (let count = 0; count < 2; count++) {
    const did = await created<{ id: string; number: string; country: string }>('/dids', {
      number: `+2125${String(10_000_000 + ++numbers)}`,
    })
    dids.push({ id: did.id, number: did.number, country: did.country })
  }
  const body = {
    name: 'Holiday Campaign 2025',
    audienceId,
    flowId,
    startAt: '2025-12-20T09:00:00Z',
    didPool: dids.map(({ id }) => id),
    retryStrategy: { type: 'none' },
  }
  const program = withProgram ? await created<{ id: string }>('/programs', body) : { id: '' }
  return { audienceId, flowId, dids, body, program, graph }
}

const counts: ContactCounts = { pending: 0, queued: 0, calling: 0, pendingRetry: 0, completed: 0, failed: 0, skipped: 0 }

interface LaunchedExecution {
  executionId: string
  programId: string
  test?: true
  triggerCondition?: TriggerCondition
}

/** Publishes an event of an execution, as the orchestrator does. */
export async function publishExecution(
  api: Api,
  type: 'execution.launched' | 'execution.completed' | 'execution.cancelled',
  revision: number,
  status: ExecutionStatus,
  { executionId, programId, test, triggerCondition }: LaunchedExecution,
): Promise<void> {
  const launched = {
    programId,
    programName: 'P',
    audienceId: programId,
    flowId: programId,
    flowVersion: 1,
    flowName: 'F',
    nodes: [],
    didPool: [],
    retryStrategy: { type: 'none' },
    pauseWindows: null,
    timezone: 'UTC',
    scheduledStartAt: '2025-12-20T09:00:00.000Z',
    scheduledStopAt: null,
    totalContacts: 0,
    ...(triggerCondition === undefined ? {} : { triggerCondition }),
    ...testFlag(test === true),
  }
  await publishProgramEvent(api, executionId, type, {
    executionId,
    revision,
    status,
    counts,
    ...(type === 'execution.launched' ? launched : {}),
  })
}

/** Publishes an event about an execution. */
export async function publishProgramEvent(api: Api, executionId: string, type: string, data: object): Promise<void> {
  const event = {
    id: crypto.randomUUID(),
    type,
    version: 1,
    organizationId: testOrganizationId,
    time: new Date(api.deps.clock.now()).toISOString(),
    correlationId: executionId,
    causationId: null,
    data,
  }
  await api.nats.connection.jetstream().publish(subjectOf('PROGRAMS', laneOf(executionId), type), JSON.stringify(event))
}

/** The events of a type in the stream PROGRAMS. */
export async function streamEvents(api: Api, type: string): Promise<{ type: string; [field: string]: unknown }[]> {
  const manager = await api.nats.connection.jetstreamManager()
  const { state } = await manager.streams.info(streams.PROGRAMS.name)
  const events: { type: string }[] = []
  for (let sequence = state.first_seq; sequence <= state.last_seq; sequence++) {
    const event = (await manager.streams.getMessage(streams.PROGRAMS.name, { seq: sequence })).json<{ type: string }>()
    if (event.type === type) events.push(event)
  }
  return events
}
