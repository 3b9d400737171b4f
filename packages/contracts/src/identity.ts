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

/** In test mode calls run on the simulated carrier and cost nothing (contract rule 35). */
export const modes = ['live', 'test'] as const
export type Mode = (typeof modes)[number]

/** Only in what belongs to test mode: the identity of a request, messages about a test execution. */
export const TestFlag = Type.Optional(Type.Literal(true))

/** The property of a {@link TestFlag}. */
export function testFlag(isTest: boolean): { test?: true } {
  return isTest ? { test: true } : {}
}

/** Who sent a request, as the gateway tells the services behind it. */
export const Identity = Type.Object({
  organizationId: Uuid,
  role: Role,
  /** Who was authenticated: `api-key:<id>`, `user:<id>` or `service:<name>`. */
  subject: Type.String(),
  country: Country,
  timezone: Type.String(),
  test: TestFlag,
})
export type Identity = Static<typeof Identity>
