import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOrchestrator, type Request, type TestOrchestrator } from './support/orchestrator.ts'
import { type KnownProgram, someId, someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let known: KnownProgram
let executionId: string
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  known = orchestrator.api.add(someProgram(3, { startAt: '2099-01-01T00:00:00.000Z' }))
  executionId = await orchestrator.launch(known)
})
afterAll(() => orchestrator.close())

interface Route {
  title: string
  to: (id: string) => Request
  error: string
  of: () => string
  changes: boolean
}
const routes: Route[] = [
  {
    title: 'POST /programs/:id/launch',
    to: (id) => ({ method: 'POST', url: `/programs/${id}/launch` }),
    error: 'ProgramNotFoundError',
    of: () => known.program.id,
    changes: true,
  },
  {
    title: 'GET /programs/:id/executions',
    to: (id) => ({ url: `/programs/${id}/executions` }),
    error: 'ProgramNotFoundError',
    of: () => known.program.id,
    changes: false,
  },
  {
    title: 'GET /program-executions/:id',
    to: (id) => ({ url: `/program-executions/${id}` }),
    error: 'ExecutionNotFoundError',
    of: () => executionId,
    changes: false,
  },
  {
    title: 'PATCH /program-executions/:id/pause',
    to: (id) => ({ method: 'PATCH', url: `/program-executions/${id}/pause` }),
    error: 'ExecutionNotFoundError',
    of: () => executionId,
    changes: true,
  },
  {
    title: 'PATCH /program-executions/:id/resume',
    to: (id) => ({ method: 'PATCH', url: `/program-executions/${id}/resume` }),
    error: 'ExecutionNotFoundError',
    of: () => executionId,
    changes: true,
  },
  {
    title: 'DELETE /program-executions/:id',
    to: (id) => ({ method: 'DELETE', url: `/program-executions/${id}` }),
    error: 'ExecutionNotFoundError',
    of: () => executionId,
    changes: true,
  },
]

describe.each(routes)('$title', ({ to, error, of, changes }) => {
  test.each(['not-a-uuid', '1', `${someId()}0`, 'urn:uuid:018f0000-0000-7000-9000-000000000001', '%00'])(
    'refuses the id %s',
    async (id) => {
      expect(await orchestrator.request(to(id))).toMatchObject({
        status: 400,
        body: { statusCode: 400, error: 'ValidationError', requestId: expect.any(String), details: [{ pointer: '/params/id' }] },
      })
    },
  )

  test('gives the same answer for what does not exist and for what another organization has', async () => {
    const missing = await orchestrator.request(to(someId()))
    const foreign = await orchestrator.request({ ...to(of()), as: { organizationId: otherOrganizationId } })
    expect(missing).toMatchObject({ status: 404, body: { statusCode: 404, error } })
    expect({ ...(foreign.body as object), requestId: '' }).toEqual({ ...(missing.body as object), requestId: '' })
    expect(foreign.status).toBe(404)
  })

  test('requires the right role', async () => {
    expect(await orchestrator.request({ ...to(of()), role: 'agent' })).toMatchObject({ status: 403, body: { error: 'ForbiddenError' } })
    if (changes) expect(await orchestrator.request({ ...to(of()), role: 'supervisor' })).toMatchObject({ status: 403 })
  })
})

test('GET /program-executions lists only the caller’s organization', async () => {
  const list: Request = { url: '/program-executions', role: 'supervisor' }
  expect(await orchestrator.request(list)).toMatchObject({ status: 200, body: [{ id: executionId, status: 'scheduled' }] })
  expect(await orchestrator.request({ ...list, as: { organizationId: otherOrganizationId } })).toEqual({ status: 200, body: [] })
  expect(await orchestrator.request({ ...list, role: 'agent' })).toMatchObject({ status: 403 })
})

test('a request without an identity is refused', async () => {
  const answer = await orchestrator.app.inject({ url: '/program-executions' })
  expect([answer.statusCode, answer.json().error]).toEqual([401, 'UnauthorizedError'])
})

const resume = (body: object) => orchestrator.request({ method: 'PATCH', url: `/program-executions/${executionId}/resume`, body })
const rule = { nodeId: 'dial_1', threshold: 1, resetOnResume: true }
test.each([
  { title: 'an unknown field', body: { rules: [] }, pointer: '/rules' },
  { title: 'rules that are not a list', body: { autoPauseRules: {} }, pointer: '/autoPauseRules' },
  { title: 'a threshold below one', body: { autoPauseRules: [{ ...rule, threshold: 0 }] }, pointer: '/autoPauseRules/0/threshold' },
  {
    title: 'a threshold that is not a number',
    body: { autoPauseRules: [{ ...rule, threshold: '5' }] },
    pointer: '/autoPauseRules/0/threshold',
  },
  {
    title: 'a rule without its node',
    body: { autoPauseRules: [{ threshold: 1, resetOnResume: true }] },
    pointer: '/autoPauseRules/0/nodeId',
  },
  {
    title: 'a node that is not in the flow',
    body: { autoPauseRules: [rule, { ...rule, nodeId: 'dial_2' }] },
    pointer: '/autoPauseRules/1/nodeId',
  },
])('PATCH …/resume names $title', async ({ body, pointer }) => {
  expect(await resume(body)).toMatchObject({ status: 400, body: { error: 'ValidationError', details: [{ pointer }] } })
})

test('PATCH …/resume accepts no body, an empty body and an empty object', async () => {
  const url = `/program-executions/${executionId}/resume`
  const headers = { 'content-type': 'application/json', ...(await orchestrator.service.as('admin')) }
  for (const options of [{ headers }, { headers, payload: '' }, { headers, payload: '{}' }]) {
    const answer = await orchestrator.app.inject({ method: 'PATCH', url, ...options })
    expect(answer.json()).toMatchObject({ statusCode: 400, error: 'InvalidExecutionStateError' })
  }
})

test('an Idempotency-Key that is too long is refused', async () => {
  const request = { method: 'POST', url: `/programs/${known.program.id}/launch`, headers: { 'idempotency-key': 'k'.repeat(201) } } as const
  expect(await orchestrator.request(request)).toMatchObject({ status: 400, body: { error: 'ValidationError' } })
})

test('the document of the API describes every route', async () => {
  const { paths } = (await orchestrator.app.inject({ url: '/openapi.json' })).json()
  expect(Object.keys(paths).sort()).toEqual([
    '/call-requests',
    '/call-requests/{jobId}',
    '/program-executions',
    '/program-executions/stream',
    '/program-executions/{id}',
    '/program-executions/{id}/contacts',
    '/program-executions/{id}/contacts/{contactId}/call-now',
    '/program-executions/{id}/contacts/{contactId}/skip',
    '/program-executions/{id}/pause',
    '/program-executions/{id}/resume',
    '/program-executions/{id}/schedule',
    '/programs/{id}/executions',
    '/programs/{id}/launch',
  ])
})
