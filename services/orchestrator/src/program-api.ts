import type { Identity } from '@carillon/contracts/identity'
import { type Answered, type Asked, questions } from '@carillon/contracts/questions'
import { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { type InternalAuth, identityHeader } from '@carillon/service-kit/http/internal-auth'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { request } from 'undici'
import type { LaunchSnapshot } from './domain/launch.ts'

/** What the orchestrator asks of program-api. A refusal is thrown as the domain error that program-api threw. */
export interface ProgramApi {
  /** A program as it is now, ready to be launched. */
  launchSnapshot(organizationId: string, programId: string): Promise<LaunchSnapshot>
  /** What a request for one call names, checked. */
  callTarget(asked: Asked<typeof questions.callTarget>): Promise<Answered<typeof questions.callTarget>>
  /** Numbers of the program's pool that may be called from now, in the pool's order. */
  activeDids(organizationId: string, programId: string): Promise<string[]>
  /** Tells of a launch that has committed, so that the program is shown as active at once. Waits only briefly: an event tells it too. */
  noteLaunch(launch: Asked<typeof questions.noteLaunch>): Promise<void>
  /** Contacts of the organization as they are now; those that do not exist are left out. */
  contacts(identity: Identity, contactIds: readonly string[]): Promise<SnapshotContact[]>
  /** An audience's contacts, as they arrive. Only one chunk of the body is in memory at a time. */
  audienceContacts(identity: Identity, audienceId: string, signal: AbortSignal): AsyncGenerator<SnapshotContact[]>
}

export interface ProgramApiOptions {
  url: string
  nats: NatsConnection
  auth: InternalAuth
}

const headersTimeoutMs = 30_000
const bodyTimeoutMs = 60_000
const noteTimeoutMs = 2_000

export function programApi({ url, nats, auth }: ProgramApiOptions): ProgramApi {
  return {
    launchSnapshot: (organizationId, programId) => ask(nats, questions.launchSnapshot, { organizationId, programId }),
    callTarget: (asked) => ask(nats, questions.callTarget, asked),
    async activeDids(organizationId, programId) {
      const { dids } = await ask(nats, questions.activeDids, { organizationId, programId })
      return dids.map((did) => did.number)
    },
    async noteLaunch(launch) {
      await ask(nats, questions.noteLaunch, launch, noteTimeoutMs)
    },
    async contacts(identity, contactIds) {
      const address = new URL('/internal/contacts/snapshots', url)
      const payload = JSON.stringify({ contactIds })
      const found: SnapshotContact[] = []
      for await (const contacts of read(identity, address, AbortSignal.timeout(bodyTimeoutMs), payload)) found.push(...contacts)
      return found
    },
    audienceContacts: (identity, audienceId, signal) =>
      read(identity, new URL(`/internal/audiences/${encodeURIComponent(audienceId)}/contacts`, url), signal),
  }

  /** Contacts as they arrive. With a payload it is a POST. */
  async function* read(identity: Identity, address: URL, signal: AbortSignal, payload?: string): AsyncGenerator<SnapshotContact[]> {
    const token = await auth.sign({ ...identity, role: 'platform_admin', subject: 'service:orchestrator' })
    const { statusCode, body } = await request(address, {
      headers: { [identityHeader]: token, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(payload === undefined ? {} : { method: 'POST', body: payload }),
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
      signal,
    }).catch((error: unknown) => {
      throw unavailable(`contacts could not be read: ${String(error)}`)
    })
    if (statusCode !== 200) {
      const text = await body.text()
      throw unavailable(`program-api answered ${statusCode} for ${address.pathname}: ${text.slice(0, 500)}`)
    }
    yield* contactsOf(body)
  }
}

const snapshotContact = TypeCompiler.Compile(SnapshotContact)

/** Reads newline-delimited JSON. A body that ends in the middle of a line was cut off: it is refused. */
async function* contactsOf(body: AsyncIterable<Buffer>): AsyncGenerator<SnapshotContact[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      if (lines.length > 0) yield lines.map(parseContact)
    }
  } catch (error) {
    throw error instanceof DomainError ? error : unavailable(`the audience could not be read: ${String(error)}`)
  }
  if (rest !== '') throw unavailable('the audience ended in the middle of a contact')
}

function parseContact(line: string): SnapshotContact {
  const contact: unknown = JSON.parse(line)
  if (snapshotContact.Check(contact)) return contact
  throw new Error(`not a contact: ${line.slice(0, 200)}`)
}

function unavailable(message: string): DomainError {
  return new DomainError('unavailable', 'ServiceUnavailableError', message)
}
