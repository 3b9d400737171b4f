/** The sections of the OpenAPI document, in reading order. Every route names one. */
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
