import { apiKeys } from './api-keys.ts'
import { audiences } from './audiences.ts'
import { billing } from './billing.ts'
import { callRequests } from './call-requests.ts'
import { contacts } from './contacts.ts'
import { customAttributes } from './custom-attributes.ts'
import { dids } from './dids.ts'
import { dnc } from './dnc.ts'
import { executions } from './executions.ts'
import { flows } from './flows.ts'
import type { ClientOptions } from './options.ts'
import { organizations } from './organizations.ts'
import { programs } from './programs.ts'
import { reports } from './reports.ts'
import { streamOpener, transport } from './transport.ts'

/** The functions of the API by resource, for browsers and Node. */
export interface Client {
  organizations: ReturnType<typeof organizations>
  apiKeys: ReturnType<typeof apiKeys>
  contacts: ReturnType<typeof contacts>
  customAttributes: ReturnType<typeof customAttributes>
  audiences: ReturnType<typeof audiences>
  flows: ReturnType<typeof flows>
  dids: ReturnType<typeof dids>
  dnc: ReturnType<typeof dnc>
  programs: ReturnType<typeof programs>
  executions: ReturnType<typeof executions>
  callRequests: ReturnType<typeof callRequests>
  reports: ReturnType<typeof reports>
  billing: ReturnType<typeof billing>
}

export function createClient(options: ClientOptions): Client {
  const send = transport(options)
  const open = streamOpener(options)
  return {
    organizations: organizations(send),
    apiKeys: apiKeys(send),
    contacts: contacts(send),
    customAttributes: customAttributes(send),
    audiences: audiences(send),
    flows: flows(send),
    dids: dids(send),
    dnc: dnc(send),
    programs: programs(send),
    executions: executions(send, open),
    callRequests: callRequests(send),
    reports: reports(send, open),
    billing: billing(send),
  }
}
