import type { ImportResult } from '@carillon/contracts/contact-import'
import type { Did } from '@carillon/contracts/did'
import type { LaunchResponse } from '@carillon/contracts/execution'
import type { Flow } from '@carillon/contracts/flow'
import type { CreateProgramRequest, ProgramResponse } from '@carillon/contracts/program'
import { Api } from './api.ts'

/** Where a running system is reached. */
export type System = { gatewayUrl: string; secrets: { platformApiKey: string } }

export type Organization = { id: string; name: string; api: Api }

/** A new organization in Morocco with credits, and an administrator's way in. */
export async function openOrganization({ gatewayUrl, secrets }: System, name: string): Promise<Organization> {
  const platform = new Api(gatewayUrl, secrets.platformApiKey)
  const { id } = await platform.post<{ id: string }>('/organizations', { name, country: 'MA' })
  const onBehalf = new Api(gatewayUrl, secrets.platformApiKey, { 'x-organization-id': id })
  const { key } = await onBehalf.post<{ key: string }>('/api-keys', { name: 'end-to-end', role: 'admin' })
  await onBehalf.post('/billing/credits', { amount: 1_000_000, reason: 'for the tests' })
  return { id, name, api: new Api(gatewayUrl, key) }
}

/** Everything that a program is launched with, but its audience. */
export type ProgramPlan = Omit<CreateProgramRequest, 'audienceId' | 'flowId' | 'didPool'> & { graph: Flow['graph']; didNumbers: string[] }

/** An audience of the contacts in a CSV file. */
export function importContacts(
  { api }: Organization,
  audienceName: string,
  file: Buffer | ReadableStream<Uint8Array>,
): Promise<ImportResult> {
  return api.postCsv<ImportResult>(`/contacts/import?audienceName=${encodeURIComponent(audienceName)}`, file)
}

export async function createProgram({ api }: Organization, audienceId: string, plan: ProgramPlan): Promise<ProgramResponse> {
  const { graph, didNumbers, ...program } = plan
  const flow = await api.post<Flow>('/flows', { name: `${plan.name} flow`, graph })
  const dids = await Promise.all(didNumbers.map((number) => api.post<Did>('/dids', { number })))
  return api.post<ProgramResponse>('/programs', { ...program, audienceId, flowId: flow.id, didPool: dids.map((did) => did.id) })
}

/** Returns the id of the execution. */
export async function launch({ api }: Organization, program: ProgramResponse): Promise<string> {
  const { executionId } = await api.post<LaunchResponse>(`/programs/${program.id}/launch`)
  return executionId
}
