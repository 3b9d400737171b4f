export interface DidAssignment {
  number: string
  /** The position of the rotation after it. */
  cursor: number
}

/**
 * The DID that a contact is called from: its previous one while that is in the pool and active, else the pool's next, so that contacts
 * are spread evenly (contract rule 18).
 *
 * @param pool the numbers that may be called from now; not empty.
 */
export function assignDid(previous: string | null, pool: readonly string[], cursor: number): DidAssignment {
  if (previous !== null && pool.includes(previous)) return { number: previous, cursor }
  const number = pool[cursor % pool.length]
  if (number === undefined) throw new RangeError('the pool has no DID to assign')
  // Wraps around long before the database's integer ends.
  return { number, cursor: (cursor + 1) % 1_000_000_000 }
}
