// Type-checked in a project that has nothing but the packed package.
import { type Client, createClient } from '@carillon/client'
import { ApiError, type ApiErrorName, isApiError } from '@carillon/client/api-error'
import type { CreateProgramRequest, FieldProblem, FlowGraph, Outcome, ProgramResponse } from '@carillon/client/contract'
import type { ClientOptions, FileContent } from '@carillon/client/options'
import type { Page } from '@carillon/client/pages'

const options: ClientOptions = { baseUrl: 'https://api.example.com', apiKey: 'ck_test' }
export const client: Client = createClient(options)

const request: CreateProgramRequest = {
  name: 'Spring',
  flowId: 'f1',
  startAt: '2026-01-01T00:00:00Z',
  didPool: ['d1'],
  retryStrategy: { type: 'fixed_delay', delayMinutes: 30, maxRetries: 2, retryOn: ['busy'] },
}

export async function use(file: FileContent): Promise<FieldProblem | undefined> {
  const program: ProgramResponse = await client.programs.create(request)
  const page: Page<{ callId: string; outcome: Outcome | null }> = await client.reports.calls(program.id, { page: 2 })
  const graph: FlowGraph = (await client.flows.get(program.flowId)).graph
  for (const node of graph.nodes) if (node.type === 'dtmf') node.config.minDigits.toFixed(page.meta.total)
  for await (const contact of client.contacts.list.items({ search: 'a' })) contact.phone.slice(1)
  // @ts-expect-error a strategy has one of three types
  await client.programs.update(program.id, { retryStrategy: { type: 'never' } })
  // @ts-expect-error contacts have no such field
  await client.contacts.create({ phone: '+212612345678', nickname: 'A' })
  // @ts-expect-error an audience's contacts are asked for by its id
  await client.audiences.contacts()
  try {
    await client.contacts.import(file)
  } catch (error) {
    // @ts-expect-error the API has no error of this name
    isApiError(error, 'NoSuchError')
    if (isApiError(error, 'ValidationError')) return error.details[0]
    if (error instanceof ApiError) {
      const name: ApiErrorName | (string & {}) = error.error
      throw new Error(name)
    }
  }
  return undefined
}
