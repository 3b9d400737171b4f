/** ISO 8601 in UTC with milliseconds: the form of every instant that leaves a service (contract rule 12). */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/**
 * Epoch milliseconds of an ISO 8601 text with an offset.
 *
 * @throws RangeError for a text that is not an instant. A leap second matches the schema and is refused here: it has no epoch milliseconds.
 */
export function fromIso(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new RangeError(`${JSON.stringify(text)} is not an instant`)
  return ms
}
