import type { ExecutionResponse } from '@carillon/contracts/execution'
import { eventually } from '@carillon/testing/eventually'
import { otherOrganizationId } from '@carillon/testing/test-service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrchestrator, type TestOrchestrator } from './support/orchestrator.ts'
import { someProgram } from './support/program.ts'

let orchestrator: TestOrchestrator
let url: string
beforeAll(async () => {
  orchestrator = await openOrchestrator()
  url = await orchestrator.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => orchestrator.close())

/** Opens a stream, and gathers the lists that it tells. */
async function listen(overrides = {}) {
  const ending = new AbortController()
  const headers = await orchestrator.service.as('supervisor', overrides)
  const response = await fetch(`${url}/program-executions/stream`, { headers, signal: ending.signal })
  expect(response.status).toBe(200)
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
  })().catch(() => undefined)
  const lists = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as ExecutionResponse[])
  return {
    lists,
    last: () => lists().at(-1),
    async close() {
      ending.abort()
      await reading
    },
  }
}

test('the executions of an organization are followed in their mode, and those of others are not told', async () => {
  const [live, inTest, theirs] = [await listen(), await listen({ test: true }), await listen({ organizationId: otherOrganizationId })]
  const carrier = await orchestrator.carrier(() => 'ringing')
  await eventually(() => expect([live, inTest, theirs].map(({ last }) => last())).toEqual([[], [], []]))

  const id = await orchestrator.launch(orchestrator.api.add(someProgram(2)))
  await eventually(() => expect(live.last()).toMatchObject([{ id, status: 'running', contactsInProgress: 2 }]))
  for (const order of carrier.orders) await carrier.finish(order, 'completed')
  await eventually(() => expect(live.last()).toEqual([]))
  expect(live.lists().length).toBeGreaterThanOrEqual(3)
  expect([inTest.lists(), theirs.lists()]).toEqual([[[]], [[]]])
  for (const stream of [live, inTest, theirs]) await stream.close()
})

test('it takes the role of a supervisor', async () => {
  expect((await orchestrator.request({ url: '/program-executions/stream', role: 'agent' })).status).toBe(403)
})
