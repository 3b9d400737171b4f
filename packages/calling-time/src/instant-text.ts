/** An ISO 8601 instant with an offset, as the contracts validated it (contract rule 12), to epoch milliseconds. */
export function epochMs(instant: string): number {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) throw new RangeError(`${JSON.stringify(instant)} is not an instant`)
  return ms
}
