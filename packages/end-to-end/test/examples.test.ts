import { join } from 'node:path'
import { exampleIds } from '@carillon/contracts/example-ids'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { type TestStack, testStack } from '@carillon/testing/stack'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrganization } from '../src/organization.ts'
import { bodyExamplesOf, type DocumentedOperation, documentedOperations } from './support/documented-operations.ts'

/** Every operation once, in an order in which each finds what it needs: first what makes things, then what reads and changes them, then what removes them. */
const order = [
  ...['createOrganization', 'addCredits', 'setRateCard', 'createApiKey', 'createCustomAttribute', 'createContact', 'importContacts'],
  ...['createAudience', 'addAudienceContacts', 'createFlow', 'createDid', 'createProgram', 'launchProgram'],
  ...['addDncEntry', 'listDncEntries', 'getDncEntry', 'deleteDncEntry', 'importDncEntries'],
  ...['pauseExecution', 'updateExecution', 'addExecutionContacts', 'resumeExecution'],
  ...['getContact', 'listContacts', 'getImport', 'listImportRejections', 'listImportWarnings', 'listCustomAttributes'],
  ...['getAudience', 'listAudiences', 'listAudienceContacts', 'getFlow', 'listFlows', 'listFlowVersions', 'getFlowVersion'],
  ...[
    'getDid',
    'listDids',
    'listAvailableDids',
    'getProgram',
    'listPrograms',
    'listProgramExecutions',
    'listActiveExecutions',
    'getExecution',
    'listExecutionContacts',
    'getExecutionSchedule',
  ],
  ...['requestCall', 'listCallRequests', 'getCallRequest', 'getJobReport', 'cancelCallRequest'],
  ...['getExecutionReport', 'getExecutionBreakdown', 'listExecutionCalls', 'getExecutionNodeStats', 'getExecutionBilling'],
  ...['getExecutionTimeline', 'getExecutionSegments', 'exportExecutionReport', 'exportExecutionCalls', 'listMetrics'],
  ...['getAccount', 'listLedgerEntries', 'getRateCard', 'listRateCards'],
  ...['listOrganizations', 'getCurrentOrganization', 'listApiKeys'],
  ...['updateContact', 'updateAudience', 'updateFlow', 'updateDid', 'updateProgram', 'updateCurrentOrganization'],
  ...['cancelExecution', 'removeAudienceContacts', 'deleteContact', 'deleteProgram', 'deleteAudience', 'deleteFlow', 'deleteDid'],
  ...['deleteCustomAttribute', 'revokeApiKey'],
]

/** These need a call that has been made, a live program, or a contact that waits. Other tests use them. */
const readElsewhere = [
  'getCallReport',
  'listProgramTriggers',
  'skipExecutionContact',
  'callExecutionContactNow',
  'streamExecutionReport',
  'streamActiveExecutions',
]

/** What made the thing whose id stands in a path: by the path up to the id. */
const makers: Record<string, string> = {
  '/contacts': 'createContact',
  '/contacts/imports': 'importContacts',
  '/custom-attributes': 'createCustomAttribute',
  '/audiences': 'createAudience',
  '/flows': 'createFlow',
  '/dids': 'createDid',
  '/dnc': 'addDncEntry',
  '/programs': 'createProgram',
  '/program-executions': 'launchProgram',
  '/program-execution': 'launchProgram',
  '/call-requests': 'requestCall',
  '/call-report/jobs': 'requestCall',
  '/api-keys': 'createApiKey',
}

const madeBy: Record<keyof typeof exampleIds, string> = {
  contact: 'createContact',
  audience: 'createAudience',
  flow: 'createFlow',
  did: 'createDid',
}

let stack: TestStack
let operations: Map<string, DocumentedOperation>
let organizationId: string
/** The ids that each operation made, the latest first. */
const made = new Map<string, string[]>()

beforeAll(async () => {
  stack = await testStack({ carrier: { profilePath: join(repositoryRoot, 'services/dialer-bridge/profiles/default.json'), seed: 7 } })
  operations = await documentedOperations(stack.gatewayUrl)
  organizationId = (await openOrganization(stack, 'Examples')).id
})
afterAll(() => stack.close())

test('the order names every operation of the document', () => {
  expect([...order, ...readElsewhere].sort()).toEqual([...operations.keys()].sort())
})

test('every operation with a body has an example', () => {
  const without = [...operations.values()].filter(
    (operation) => operation.mediaType !== undefined && bodyExamplesOf(operation).length === 0,
  )
  expect(without.map(({ operationId }) => operationId)).toEqual([])
})

test('every operation, sent as the document shows it, gives the answer that the document promises', async () => {
  for (const operationId of order) {
    const operation = operations.get(operationId)
    if (!operation) throw new Error(`the document has no operation ${operationId}`)
    const examples = bodyExamplesOf(operation)
    // What several examples made is deleted one after the other.
    const makerOfRemoved = operation.method === 'DELETE' && examples.length === 0 ? makers[collectionOf(operation.path)] : undefined
    const repetitions = makerOfRemoved === undefined ? 1 : (made.get(makerOfRemoved)?.length ?? 1)
    for (const example of examples.length === 0 ? Array<undefined>(repetitions).fill(undefined) : examples) {
      const { status, body } = await send(operation, example)
      expect({ operationId, example, status, body: operation.successes.includes(status) || body }).toEqual({
        operationId,
        example,
        status: expect.toBeOneOf(operation.successes),
        body: true,
      })
      const id = idOf(body)
      if (id !== undefined) made.set(operationId, [id, ...(made.get(operationId) ?? [])])
      if (makerOfRemoved !== undefined) made.get(makerOfRemoved)?.shift()
    }
  }
}, 120_000)

async function send(operation: DocumentedOperation, example: unknown): Promise<{ status: number; body: unknown }> {
  const { method, path, mediaType } = operation
  const body = example === undefined ? null : withRealIds(typeof example === 'string' ? example : JSON.stringify(example))
  const answer = await fetch(new URL(withId(path), stack.gatewayUrl), {
    method,
    headers: {
      authorization: `Bearer ${stack.secrets.platformApiKey}`,
      'x-organization-id': organizationId,
      ...(body !== null && mediaType !== undefined && { 'content-type': mediaType }),
    },
    body,
  })
  if (!answer.headers.get('content-type')?.includes('json')) {
    // A file, or nothing.
    await answer.arrayBuffer()
    return { status: answer.status, body: undefined }
  }
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

function withId(path: string): string {
  return path.replace(/\{(id|jobId)\}/, () => idMadeBy(makers[collectionOf(path)], path)).replace('{version}', '1')
}

/** The path up to the id. */
function collectionOf(path: string): string {
  return path.split('/{')[0] ?? ''
}

function withRealIds(body: string): string {
  return Object.entries(exampleIds).reduce((text, [kind, id]) => {
    return text.includes(id) ? text.replaceAll(id, idMadeBy(madeBy[kind as keyof typeof exampleIds], body)) : text
  }, body)
}

function idMadeBy(maker: string | undefined, place: string): string {
  const id = maker === undefined ? undefined : made.get(maker)?.[0]
  if (id === undefined) throw new Error(`${place} needs an id that ${maker ?? 'nothing'} makes`)
  return id
}

function idOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { id, executionId, importId, jobId } = body as Record<string, unknown>
  return [importId, executionId, jobId, id].find((value) => typeof value === 'string')
}
