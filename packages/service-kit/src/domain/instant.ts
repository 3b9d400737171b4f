/** ISO 8601 in UTC with milliseconds, the form of every instant that leaves a service (contract rule 12). */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Epoch milliseconds of an ISO 8601 text that a schema has already checked. */
export function fromIso(text: string): number {
  return Date.parse(text)
}
