import { uuidv7 } from '@carillon/service-kit/domain/uuid'

/**
 * Gives an id to each of some things that are made together, at one instant (epoch milliseconds). The ids ascend as the things are listed; ids of one
 * millisecond are else in no order.
 */
export function withOrderedIds<T extends object>(things: readonly T[], at: number): (T & { id: string })[] {
  const ids = things.map(() => uuidv7(at)).sort()
  return things.map((thing, index) => ({ ...thing, id: ids[index] as string }))
}
