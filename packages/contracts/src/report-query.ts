import { type Static, Type } from '@sinclair/typebox'
import { described, Instant } from './scalars.ts'

/** Of every report that can be asked for an earlier instant. */
export const AsOfQuery = Type.Object({
  asOf: Type.Optional(
    described(
      Instant,
      'The report as it stood at this instant, from the launch to now. The header `carillon-as-of` is earlier if not all is known up to then. By default, now',
    ),
  ),
})
export type AsOfQuery = Static<typeof AsOfQuery>
