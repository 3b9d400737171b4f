import { uuidv7 } from '@carillon/service-kit/domain/uuid'

/**
 * Gives ids of one instant to things that are created together. The ids ascend in the order of the list; UUIDs of one millisecond have no order of
 * their own.
 */
export function withOrderedIds<T extends object>(things: readonly T[], atMs: number): (T & { id: string })[] {
  const ids = things.map(() => uuidv7(atMs)).sort()
  return things.map((thing, index) => ({ ...thing, id: ids[index] as string }))
}
