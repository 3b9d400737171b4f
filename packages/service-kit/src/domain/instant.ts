/** ISO 8601 in UTC with milliseconds: the form of every instant in messages and answers (contract rule 12). */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Epoch milliseconds of an ISO 8601 text. A schema must have checked the text. */
export function fromIso(text: string): number {
  return Date.parse(text)
}
