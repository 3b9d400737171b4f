import { AsyncLocalStorage } from 'node:async_hooks'

/*
 * Whose rows the statements of an asynchronous context see and change. `http/app.ts` runs the handler of each authenticated request for the caller's
 * organization, so no route can forget it. Everything else (projections, rounds, jobs, questions) runs for all organizations.
 */
const scope = new AsyncLocalStorage<string | undefined>()

/** Statements that `work` sends, and transactions that it begins, see the rows of this organization alone, even without a condition. */
export function forOrganization<T>(organizationId: string, work: () => T): T {
  return scope.run(organizationId, work)
}

/** Statements that `work` sends, and transactions that it begins, see the rows of all organizations. */
export function acrossOrganizations<T>(work: () => T): T {
  return scope.run(undefined, work)
}

export function currentOrganization(): string | undefined {
  return scope.getStore()
}
