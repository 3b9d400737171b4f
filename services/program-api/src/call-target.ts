import type { CreateCallRequest } from '@carillon/contracts/call-request'
import type { Answered, questions } from '@carillon/contracts/questions'
import { invalidField } from '@carillon/service-kit/domain/domain-error'
import type { Orm } from '@carillon/service-kit/postgres/database'
import { requestedTimes } from './domain/call-target.ts'
import { readPhone } from './domain/contact.ts'
import { checkDid } from './domain/program-references.ts'
import { findContact } from './store/contacts.ts'
import { findDids } from './store/dids.ts'
import { findFlow } from './store/flows.ts'

interface Asked {
  organizationId: string
  /** In which a local number is read. */
  country: string
  extensions: boolean
  request: CreateCallRequest
}

/** What a request for one call names, checked. Throws the error of the request that is at fault. */
export async function callTarget(orm: Orm, asked: Asked, nowMs: number): Promise<Answered<typeof questions.callTarget>> {
  const { organizationId, country, extensions, request } = asked
  const times = requestedTimes(request, nowMs)
  const phone = request.to ? readPhone(request.to, country, extensions, '/to') : null
  const contact = request.contactId ? await findContact(orm, organizationId, request.contactId) : undefined
  if (request.contactId && !contact) throw invalidField('/contactId', 'is not a contact of the organization')
  const flow = await findFlow(orm, organizationId, request.flowId)
  if (!flow) throw invalidField('/flowId', 'is not a flow of the organization')
  const [did] = await findDids(orm, [request.didId])
  const { number } = checkDid(organizationId, request.didId, did, '/didId')
  const { id, version, name } = flow
  return {
    ...times,
    to: phone ?? contact?.phone ?? '',
    from: number,
    flow: { id, version, name },
    contact: contact ? snapshotOf(contact) : null,
  }
}

function snapshotOf({ id, phone, firstName, lastName, attributes }: NonNullable<Awaited<ReturnType<typeof findContact>>>) {
  return { id, phone, firstName, lastName, attributes }
}
