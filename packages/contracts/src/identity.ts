import { type Static, Type } from '@sinclair/typebox'
import { Country, Uuid } from './scalars.ts'

/** Each role includes the roles before it (contract rule 25). */
export const roles = ['agent', 'supervisor', 'admin', 'platform_admin'] as const
export type Role = (typeof roles)[number]
export const Role = Type.Union(roles.map((role) => Type.Literal(role)))

/** Whether a caller with role `held` may do what needs role `needed`. */
export function includesRole(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed)
}

/** Who sent a request, as the gateway tells the services behind it. */
export const Identity = Type.Object({
  organizationId: Uuid,
  role: Role,
  /** Who was authenticated: `api-key:<id>`, `user:<id>` or `service:<name>`. */
  subject: Type.String(),
  country: Country,
  timezone: Type.String(),
})
export type Identity = Static<typeof Identity>
