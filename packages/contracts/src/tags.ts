/** The sections of the OpenAPI document, in the order in which one needs them. Every route names one. */
export const tags = {
  contacts: 'Contacts',
  customAttributes: 'Custom attributes',
  audiences: 'Audiences',
  dnc: 'Do-not-call list',
  flows: 'Flows',
  dids: 'DIDs',
  programs: 'Programs',
  executions: 'Executions',
  callRequests: 'Call requests',
  reports: 'Reports',
  billing: 'Billing',
  organizations: 'Organizations',
  apiKeys: 'API keys',
} as const

type Tag = (typeof tags)[keyof typeof tags]

/** What each section is about, for a reader who sees the product for the first time. */
export const tagDescriptions: Readonly<Record<Tag, string>> = {
  Contacts:
    'The people whom an organization may call. A phone number belongs to one contact at most. A CSV file adds thousands of them at once.',
  'Custom attributes':
    'Fields of contacts besides phone and name, such as an amount or a date. Flows read them as `contact.customAttributes.<slug>`.',
  Audiences: 'Named sets of contacts. A program calls one audience; a contact may be in many.',
  'Do-not-call list':
    'The numbers that the organization must not call, whatever audiences they are in. A number counts from the moment at which its entry was answered.',
  Flows:
    'What happens on a call: a graph of nodes that dial, play, listen and decide. Every change makes a new version, and a launched execution keeps the version that it was launched with.',
  DIDs: 'The numbers that calls come from, as the callee sees them. A program calls from a pool of them.',
  Programs:
    'Campaign templates: whom to call, with which flow, from which numbers, when, and how often to try again. A program calls nobody until it is launched.',
  Executions:
    'One launch of a program. It calls the contacts of the audience, as the audience was at the launch, until each is reached or given up.',
  'Call requests':
    'Calls to one number, outside of any program: such as a code or an alarm. Each request makes a job, which may take several calls.',
  Reports: 'Figures of one execution while it runs and afterwards: contacts, calls, nodes of the flow and costs.',
  Billing: 'What calls cost: the rate card, the balance in credits, and the ledger of all its changes.',
  Organizations: 'The tenants of the platform. Everything else belongs to one organization and is invisible to the others.',
  'API keys': 'Credentials for programs and scripts. Each has a role.',
}

/** Sections that belong together, in the order of {@link tags}. */
export const tagGroups: readonly { readonly name: string; readonly tags: readonly Tag[] }[] = [
  { name: 'Contacts', tags: ['Contacts', 'Custom attributes', 'Audiences', 'Do-not-call list'] },
  { name: 'Flows', tags: ['Flows', 'DIDs'] },
  { name: 'Programs', tags: ['Programs', 'Executions', 'Call requests', 'Reports'] },
  { name: 'Billing', tags: ['Billing'] },
  { name: 'Administration', tags: ['Organizations', 'API keys'] },
]
