import { type Client, createClient } from '@carillon/client/client'
import type { FileContent } from '@carillon/client/options'
import type { ImportResult } from '@carillon/contracts/contact-import'
import type { Flow } from '@carillon/contracts/flow'
import type { CreateProgramRequest, ProgramResponse } from '@carillon/contracts/program'

/** Where a running system is reached. */
export interface System {
  gatewayUrl: string
  secrets: { platformApiKey: string }
}

export interface Organization {
  id: string
  client: Client
}

/** A new organization in Morocco with credits, and a client with an admin's key. */
export async function openOrganization({ gatewayUrl: baseUrl, secrets }: System, name: string): Promise<Organization> {
  const platform = { baseUrl, apiKey: secrets.platformApiKey }
  const { id } = await createClient(platform).organizations.create({ name, country: 'MA' })
  const onBehalf = createClient({ ...platform, organizationId: id })
  const { key } = await onBehalf.apiKeys.create({ name: 'end-to-end', role: 'admin' })
  if (key === null) throw new Error('an API key was made and not shown')
  await onBehalf.billing.addCredits({ amount: 1_000_000, reason: 'for the tests' })
  return { id, client: createClient({ baseUrl, apiKey: key }) }
}

/** Everything that a program needs except its audience. */
export type ProgramPlan = Omit<CreateProgramRequest, 'audienceId' | 'flowId' | 'didPool'> & { graph: Flow['graph']; didNumbers: string[] }

/** Contacts of a CSV file join the audience of that name. */
export function importContacts({ client }: Organization, audienceName: string, file: FileContent): Promise<ImportResult> {
  return client.contacts.import(file, { audienceName })
}

export async function createProgram({ client }: Organization, audienceId: string, plan: ProgramPlan): Promise<ProgramResponse> {
  const { graph, didNumbers, ...program } = plan
  const flow = await client.flows.create({ name: `${plan.name} flow`, graph })
  const dids = await Promise.all(didNumbers.map((number) => client.dids.create({ number })))
  return client.programs.create({ ...program, audienceId, flowId: flow.id, didPool: dids.map((did) => did.id) })
}

/** Returns the id of the execution. */
export async function launch({ client }: Organization, program: ProgramResponse): Promise<string> {
  const { executionId } = await client.programs.launch(program.id)
  return executionId
}
