import type { Message } from '@carillon/contracts/envelope'
import type { ExecutionResponse, LaunchResponse } from '@carillon/contracts/execution'
import type { Identity, Role } from '@carillon/contracts/identity'
import type { ExecutionEvent } from '@carillon/contracts/program-events'
import type { HttpApp } from '@carillon/service-kit/http/app'
import { eventually } from '@carillon/testing/eventually'
import { openTestService, type TestService, type TestServiceOptions } from '@carillon/testing/test-service'
import { expect } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type StandInBilling, standInBilling } from './billing.ts'
import { type Carrier, playCarrier, type Script } from './carrier.ts'
import { type StandInGateway, standInGateway } from './gateway.ts'
import type { KnownProgram } from './program.ts'
import { type StandInProgramApi, standInProgramApi } from './program-api.ts'

export interface Request {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: string
  body?: object
  role?: Role
  as?: Partial<Identity>
  headers?: Record<string, string>
}

export interface TestOrchestrator {
  service: TestService
  app: HttpApp
  api: StandInProgramApi
  accounts: StandInBilling
  gateway: StandInGateway
  request(request: Request): Promise<{ status: number; body: unknown }>
  launch(known: KnownProgram): Promise<string>
  execution(id: string): Promise<ExecutionResponse>
  /** Waits until an execution has a status, and returns the execution. */
  until(id: string, status: ExecutionResponse['status'], timeoutMs?: number): Promise<ExecutionResponse>
  carrier(script: Script): Promise<Carrier>
  close(): Promise<void>
}

/** An orchestrator against real servers, with a stand-in for program-api. */
export async function openOrchestrator(
  options: TestServiceOptions & { api?: StandInProgramApi; orderValidityMs?: number } = {},
): Promise<TestOrchestrator> {
  const service = await openTestService('orchestrator', options)
  const api = options.api ?? (await standInProgramApi(service.deps))
  const accounts = standInBilling(service.deps)
  const gateway = standInGateway(service.deps)
  const app = await buildApp(service.deps, {
    PROGRAM_API_URL: api.url,
    DEFAULT_MAX_CONCURRENT_CALLS: 50,
    JOB_MAX_CONCURRENT_CALLS: 50,
    ORDER_VALIDITY_MS: options.orderValidityMs ?? 30_000,
  })
  const carriers: Carrier[] = []

  async function request({ method = 'GET', url, body, role = 'admin', as, headers = {} }: Request) {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(await service.as(role, as)), ...headers },
      ...(body === undefined ? {} : { payload: body }),
    })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : (answer.json() as unknown) }
  }

  async function execution(id: string): Promise<ExecutionResponse> {
    const { status, body } = await request({ url: `/program-executions/${id}` })
    expect(status).toBe(200)
    return body as ExecutionResponse
  }

  return {
    service,
    app,
    api,
    accounts,
    gateway,
    request,
    execution,
    async launch(known) {
      const { status, body } = await request({ method: 'POST', url: `/programs/${known.program.id}/launch` })
      expect([status, body]).toEqual([201, { executionId: expect.any(String) }])
      return (body as LaunchResponse).executionId
    },
    until: (id, status, timeoutMs = 15_000) =>
      eventually(
        async () => {
          const found = await execution(id)
          expect(found.status).toBe(status)
          return found
        },
        { timeoutMs },
      ),
    async carrier(script) {
      const carrier = await playCarrier(service.nats.connection, () => service.deps.clock.now(), script)
      carriers.push(carrier)
      return carrier
    },
    async close() {
      for (const carrier of carriers) await carrier.close()
      await app.close()
      await accounts.close()
      await gateway.close()
      if (!options.api) await api.close()
      await service.close()
    },
  }
}

/** The events of an execution in the stream PROGRAMS. Waits until the last one is of this type. */
export async function executionEvents(service: TestService, executionId: string, last: ExecutionEvent['type']): Promise<ExecutionEvent[]> {
  return eventually(async () => {
    const messages = await streamMessages(service, 'PROGRAMS')
    const events = messages.filter((event) => event.correlationId === executionId) as ExecutionEvent[]
    expect(events.at(-1)?.type).toBe(last)
    return events
  })
}

export async function streamMessages(service: TestService, stream: string): Promise<Message[]> {
  const manager = await service.nats.connection.jetstreamManager()
  const { state } = await manager.streams.info(stream)
  const messages: Message[] = []
  for (let sequence = state.first_seq; sequence <= state.last_seq && sequence > 0; sequence++) {
    const stored = await manager.streams.getMessage(stream, { seq: sequence })
    messages.push(stored.json<Message>())
  }
  return messages
}

/** Expects that the counts add up (contract rule 9) and agree with the rows. */
export async function expectConsistent(service: TestService, executionId: string): Promise<void> {
  const [counts] = await service.database.sql`
    select pending, queued, calling, pending_retry, completed, failed, skipped, total_contacts from executions where id = ${executionId}`
  const rows = await service.database.sql<{ status: string; count: number }[]>`
    select status, count(*)::integer as count from execution_contacts where execution_id = ${executionId} group by status`
  const byStatus = Object.fromEntries(rows.map((row) => [row.status, row.count]))
  const { total_contacts: total, ...counted } = { ...counts }
  for (const [status, count] of Object.entries(counted)) expect([status, byStatus[status] ?? 0]).toEqual([status, count])
  expect(Object.values(counted).reduce((sum: number, count) => sum + Number(count), 0)).toBe(total)
}
