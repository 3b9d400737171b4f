/** The sections of the OpenAPI document, in the order in which somebody who is new here needs them. Every route names one. */
export const tags = {
  contacts: 'Contacts',
  customAttributes: 'Custom attributes',
  audiences: 'Audiences',
  flows: 'Flows',
  dids: 'DIDs',
  programs: 'Programs',
  executions: 'Executions',
  reports: 'Reports',
  billing: 'Billing',
  organizations: 'Organizations',
  apiKeys: 'API keys',
} as const
