import { openAsBlob } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import type { ImportResult } from '@carillon/contracts/contact-import'
import type { ProgramResponse } from '@carillon/contracts/program'
import { step } from '../step.ts'
import { count } from './figures.ts'
import { lunchBreak } from './lunch-break.ts'
import type { Plan } from './plan.ts'
import { refusedFile } from './refusal.ts'
import { rejectionLines } from './rejection-lines.ts'

/** A program that is ready to be launched. */
export interface Campaign {
  imported: ImportResult
  program: ProgramResponse
}

const audience = 'Imported contacts'

/**
 * Imports the contacts and creates the program with its flow and DIDs. A file that the API refuses is refused here with the API's message. `nowMs` is
 * from the platform's clock.
 */
export async function prepareCampaign(client: Client, plan: Plan, nowMs: number): Promise<Campaign> {
  const imported = await importContacts(client, plan)
  const { audienceId } = imported
  if (audienceId === undefined) throw new Error('the import named no audience')
  const flowId = await taken(plan.flowPath, () => putFlow(client, plan))
  const didPool = await taken(plan.programPath, () => putDids(client, plan.program.didPool))
  const body = {
    name: plan.flow.name,
    startAt: new Date(nowMs).toISOString(),
    ...(plan.hasLunchBreak ? { pauseWindows: lunchBreak(nowMs, plan.organization.timezone) } : {}),
    ...plan.program,
    audienceId,
    flowId,
    didPool,
  }
  const program = await taken(plan.programPath, () => client.programs.create(body))
  return { imported, program }
}

/** Launches the program and returns the execution's id. */
export async function launchCampaign(client: Client, plan: Plan, { program }: Campaign): Promise<string> {
  const { executionId } = await taken(plan.programPath, () => client.programs.launch(program.id))
  return executionId
}

async function importContacts(client: Client, { contactsPath }: Plan): Promise<ImportResult> {
  const result = await taken(contactsPath, async () => client.contacts.import(await openAsBlob(contactsPath), { audienceName: audience }))
  if (result.created + result.updated === 0) {
    const [first] = result.rejections
    throw refusedFile(contactsPath, first ? `no row gives a contact; line ${first.line}: ${first.message}` : 'there is no contact in it')
  }
  step(
    `contacts: ${count(result.rows)} rows, ${count(result.created)} created, ${count(result.updated)} updated, ` +
      `${count(result.duplicates)} duplicates, ${count(result.rejected)} rejected`,
  )
  for (const line of rejectionLines(result)) step(line)
  return result
}

/** The flow with this name, in a new version if its graph differs; otherwise a new flow. */
async function putFlow(client: Client, { flow, organization }: Plan): Promise<string> {
  if (organization.isSample) {
    const { data } = await client.flows.list({ limit: 1000 })
    const known = data.find(({ name }) => name === flow.name)
    if (known) {
      const { graph } = await client.flows.get(known.id)
      if (!isDeepStrictEqual(graph, flow.graph)) await client.flows.update(known.id, { graph: flow.graph })
      return known.id
    }
  }
  const { id } = await client.flows.create(flow)
  return id
}

/** The ids of these numbers; missing numbers are added. */
async function putDids(client: Client, numbers: readonly string[]): Promise<string[]> {
  const available = await client.dids.available()
  const ids: string[] = []
  for (const number of numbers) {
    const known = available.find((did) => did.number === number)
    ids.push(known ? known.id : (await client.dids.create({ number })).id)
  }
  return ids
}

/** The answer of the request. A refusal becomes an error about the file. */
async function taken<T>(path: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    const isRefusal =
      error instanceof ApiError && error.statusCode >= 400 && error.statusCode < 500 && ![401, 403, 429].includes(error.statusCode)
    throw isRefusal ? refusedFile(path, error.message) : error
  }
}
