import { workspaceFolders } from './workspace.ts'

/** Test files of one package that run side by side at most. */
export const workersPerPackage = 2

/**
 * A slot is what a test worker has for itself: a NATS account and a Redis database. Each package has slots of its own, so that the packages'
 * tests may run at the same time. Slots count from 1.
 */
export function firstSlotOf(folder: string): number {
  // A server that the environment names has one account: packages take turns there.
  if (process.env.TEST_SHARED_SERVERS === '1') return 1
  return 1 + workspaceFolders().indexOf(folder) * workersPerPackage
}

export function slotCount(): number {
  return workspaceFolders().length * workersPerPackage
}
