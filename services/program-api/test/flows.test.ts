import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi, refusal, stranger } from './support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const graph = {
  nodes: [
    { id: 'dial-1', type: 'dial', label: 'Dial', config: { timeoutMs: 30_000 } },
    { id: 'bye', type: 'hangup', config: {} },
  ],
  edges: [{ source: 'dial-1', output: 'onAnswer', target: 'bye' }],
}
const short = { nodes: [{ id: 'dial-1', type: 'dial', config: {} }], edges: [] }

async function createFlow(name = 'Reminder') {
  const answer = await api.post('/flows', { name, graph })
  expect(answer.status).toBe(201)
  return answer.body as { id: string }
}

test('a flow is returned as it was sent, with version 1', async () => {
  const flow = await createFlow()
  expect(flow).toEqual({
    id: expect.any(String),
    name: 'Reminder',
    version: 1,
    graph,
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  expect((await api.get(`/flows/${flow.id}`)).body).toEqual(flow)
  expect((await api.get('/flows')).body).toMatchObject({ data: [{ id: flow.id, name: 'Reminder', version: 1, nodeCount: 2 }] })
})

test('every change creates a version, and no version changes', async () => {
  const { id } = await createFlow()
  expect((await api.patch(`/flows/${id}`, { name: 'Second' })).body).toMatchObject({ version: 2, name: 'Second', graph })
  expect((await api.patch(`/flows/${id}`, { graph: short })).body).toMatchObject({ version: 3, name: 'Second', graph: short })
  expect((await api.get(`/flows/${id}/versions`)).body).toMatchObject([
    { flowId: id, version: 3, name: 'Second', nodeCount: 1 },
    { flowId: id, version: 2, name: 'Second', nodeCount: 2 },
    { flowId: id, version: 1, name: 'Reminder', nodeCount: 2 },
  ])
  expect((await api.get(`/flows/${id}/versions/1`)).body).toMatchObject({ flowId: id, version: 1, name: 'Reminder', graph })
  expect(refusal(await api.get(`/flows/${id}/versions/4`))).toEqual([404, 'FlowNotFoundError'])
  await expect(api.database.sql`update flow_versions set name = 'x' where flow_id = ${id}`).rejects.toThrow('not allowed')
  await expect(api.database.sql`delete from flow_versions where flow_id = ${id}`).rejects.toThrow('not allowed')
})

test('changes at the same time create one version each', async () => {
  const { id } = await createFlow()
  const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => api.patch(`/flows/${id}`, { name: `Name ${index}` })))
  expect(answers.map(({ body }) => (body as { version: number }).version).toSorted()).toEqual([2, 3, 4, 5, 6])
})

describe('an invalid graph', () => {
  test.each<[string, unknown, string[]]>([
    ['that is not an object', 'x', ['/graph']],
    ['without nodes', { nodes: [], edges: [] }, ['/graph/nodes']],
    ['with an unknown type of node', { nodes: [{ id: 'a', type: 'fly', config: {} }], edges: [] }, ['/graph/nodes/0/type']],
    ['with an edge to nowhere', { ...short, edges: [{ source: 'dial-1', output: 'onAnswer', target: 'x' }] }, ['/graph/edges/0/target']],
    [
      'with a type of node that cannot be run yet',
      { ...graph, nodes: [...graph.nodes, { id: 's', type: 'sms', config: { message: 'x' } }] },
      ['/graph/nodes/2/type'],
    ],
    [
      'whose numbers are texts',
      { nodes: [{ id: 'd', type: 'dial', config: { timeoutMs: '5000' } }], edges: [] },
      ['/graph/nodes/0/config/timeoutMs'],
    ],
  ])('%s is refused with a pointer to what is wrong', async (_name, bad, pointers) => {
    const answer = refusal(await api.post('/flows', { name: 'Bad', graph: bad }))
    expect(answer.slice(0, 2)).toEqual([400, 'ValidationError'])
    expect(answer).toEqual(expect.arrayContaining(pointers))
    const { id } = await createFlow()
    expect(refusal(await api.patch(`/flows/${id}`, { graph: bad }))).toEqual(answer)
    expect((await api.get(`/flows/${id}`)).body).toMatchObject({ version: 1 })
  })

  test.each<[object, string]>([
    [{ graph }, '/name'],
    [{ name: ' ', graph }, '/name'],
    [{ name: 'x\0', graph }, '/name'],
    [{ name: 'x' }, '/graph'],
    [{ name: 'x', graph, version: 3 }, '/version'],
  ])('as little as a body like %j is', async (body, pointer) => {
    expect(refusal(await api.post('/flows', body))).toEqual([400, 'ValidationError', pointer])
  })
})

test('a flow of another organization is not found', async () => {
  const { id } = await createFlow()
  for (const url of [`/flows/${id}`, `/flows/${id}/versions`, `/flows/${id}/versions/1`]) {
    expect(refusal(await api.get(url, stranger))).toEqual([404, 'FlowNotFoundError'])
  }
  expect(refusal(await api.patch(`/flows/${id}`, { name: 'x' }, stranger))).toEqual([404, 'FlowNotFoundError'])
  expect(refusal(await api.delete(`/flows/${id}`, undefined, stranger))).toEqual([404, 'FlowNotFoundError'])
  expect((await api.get('/flows', stranger)).body).toMatchObject({ data: [] })
})

test('a deleted flow is not found', async () => {
  const { id } = await createFlow()
  expect((await api.delete(`/flows/${id}`)).status).toBe(204)
  expect(refusal(await api.get(`/flows/${id}`))).toEqual([404, 'FlowNotFoundError'])
  expect(refusal(await api.get(`/flows/${id}/versions/1`))).toEqual([404, 'FlowNotFoundError'])
  expect(refusal(await api.patch(`/flows/${id}`, { name: 'x' }))).toEqual([404, 'FlowNotFoundError'])
})
