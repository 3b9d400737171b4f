/** What billing tells of an organization's account. Of two, the one with more entries is the newer. */
export interface Balance {
  organizationId: string
  /** The balance is above zero (contract rule 32). */
  hasCredits: boolean
  entryCount: number
}

export function toBalance(organizationId: string, { balanceMicros, entryCount }: { balanceMicros: number; entryCount: number }): Balance {
  return { organizationId, hasCredits: balanceMicros > 0, entryCount }
}

/** The newest of each organization. */
export function newestBalances(told: readonly Balance[]): Balance[] {
  const newest = new Map<string, Balance>()
  for (const balance of told) {
    const known = newest.get(balance.organizationId)
    if (!known || known.entryCount < balance.entryCount) newest.set(balance.organizationId, balance)
  }
  return [...newest.values()]
}
