import { numeric, timestamp } from 'drizzle-orm/pg-core'

/** An instant: `timestamptz`, read and written as a `Date`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** An amount of credits with six decimals: `numeric(20, 6)`, read and written as text (contract rule 10). */
export const credits = (name: string) => numeric(name, { precision: 20, scale: 6 })
