import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Answered, questions } from '@carillon/contracts/questions'
import type { SnapshotContact } from '@carillon/contracts/snapshot-contact'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { identityHeader } from '@carillon/service-kit/http/internal-auth'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { type KnownProgram, snapshotOf } from './program.ts'

type CallTarget = Answered<typeof questions.callTarget>

/** A stand-in for program-api: it answers the questions and streams the audiences of the programs that were added. */
export interface StandInProgramApi {
  url: string
  add(known: KnownProgram): KnownProgram
  /** From now on audiences are cut off after this number of bytes; null: not any more. */
  cutAudiencesAfter(bytes: number | null): void
  /** From now on audiences stop after their first contact. Returns a function that lets them go on, those that wait too. */
  holdAudiences(): () => void
  /** Contacts that may join an execution. */
  addContacts(contacts: readonly SnapshotContact[]): void
  /** What it answers about the next requests for one call; a refusal if it is an error. */
  answerCallTargets(target: CallTarget | DomainError): void
  /** How often the active DIDs of a program were asked for. */
  didsAsked(programId: string): number
  /** The executions of whose launch it was told, in order, with repetitions. */
  readonly noted: readonly string[]
  /** Whether it answers that it could not take note of a launch. */
  refuseNotes(refuses: boolean): void
  close(): Promise<void>
}

export async function standInProgramApi({ nats, auth, logger }: Pick<ServiceDeps, 'nats' | 'auth' | 'logger'>): Promise<StandInProgramApi> {
  const programs = new Map<string, KnownProgram>()
  const asked = new Map<string, number>()
  const noted: string[] = []
  let cutAfter: number | null = null
  let held = Promise.resolve()
  let refusesNotes = false
  const snapshots = new Map<string, SnapshotContact>()
  let target: CallTarget | DomainError = new DomainError('unavailable', 'ServiceUnavailableError', 'no target was set')

  function find(organizationId: string, programId: string): KnownProgram {
    const known = programs.get(programId)
    if (known?.program.organizationId === organizationId) return known
    throw new DomainError('not_found', 'ProgramNotFoundError', 'Program not found')
  }

  const ends = [
    answerQuestion(nats, questions.launchSnapshot, logger, async ({ organizationId, programId }) => {
      const known = find(organizationId, programId)
      if (known.dids.length === 0) throw new DomainError('invalid', 'EmptyDidPoolError', 'No DID of the pool is there and active')
      return snapshotOf(known)
    }),
    answerQuestion(nats, questions.activeDids, logger, async ({ organizationId, programId }) => {
      asked.set(programId, (asked.get(programId) ?? 0) + 1)
      return { dids: find(organizationId, programId).dids }
    }),
    answerQuestion(nats, questions.callTarget, logger, async () => {
      if (target instanceof DomainError) throw target
      return target
    }),
    answerQuestion(nats, questions.noteLaunch, logger, async ({ organizationId, programId, executionId }) => {
      find(organizationId, programId)
      noted.push(executionId)
      if (refusesNotes) throw new DomainError('unavailable', 'ServiceUnavailableError', 'as the test wants it')
      return {}
    }),
  ]
  const server = createServer(async (request, response) => {
    const token = request.headers[identityHeader]
    const identity = await auth.verify(typeof token === 'string' ? token : undefined)
    if (request.url === '/internal/contacts/snapshots') {
      const { contactIds } = (await json(request)) as { contactIds: string[] }
      const lines = contactIds.flatMap((id) => snapshots.get(id) ?? []).map((contact) => `${JSON.stringify(contact)}\n`)
      return response.end(lines.join(''))
    }
    const audienceId = request.url?.split('/').at(-2)
    const known = [...programs.values()].find(({ program }) => program.audienceId === audienceId)
    if (identity.role !== 'platform_admin' || !known) return response.writeHead(404).end()
    const text = known.contacts.map((contact) => `${JSON.stringify(contact)}\n`).join('')
    const firstEnd = text.indexOf('\n') + 1
    response.write(text.slice(0, firstEnd))
    await held
    if (cutAfter === null) return response.end(text.slice(firstEnd))
    response.write(text.slice(firstEnd, cutAfter), () => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(known) {
      programs.set(known.program.id, known)
      return known
    },
    addContacts(contacts) {
      for (const contact of contacts) snapshots.set(contact.id, contact)
    },
    answerCallTargets(next) {
      target = next
    },
    holdAudiences() {
      let release = () => {}
      held = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        release()
        held = Promise.resolve()
      }
    },
    cutAudiencesAfter(bytes) {
      cutAfter = bytes
    },
    didsAsked: (programId) => asked.get(programId) ?? 0,
    noted,
    refuseNotes(refuses) {
      refusesNotes = refuses
    },
    async close() {
      for (const end of ends) await end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
