import type { Logger } from '@carillon/service-kit/process/logger'
import { LRUCache } from 'lru-cache'
import type { ExecutionPlan } from '../domain/execution.ts'
import type { ProgramApi } from '../program-api.ts'

const refreshMs = 5_000
const retryMs = 1_000
/** A pool that nobody asked about for so long is forgotten. */
const forgetMs = 60_000
const poolLimit = 10_000

interface Pool {
  /** Undefined until the first answer. */
  numbers: readonly string[] | undefined
  /** When to ask program-api again, on the monotonic clock. */
  askAtMs: number
}

/** The numbers that each running execution may call from. */
export interface DidPools {
  /** The pool's active numbers, in its order; undefined while they are not known. Never waits. */
  numbers(plan: ExecutionPlan): readonly string[] | undefined
}

/**
 * Asks program-api for a pool every few seconds of real time while it is used. An answer is valid until the next one, also while program-api
 * is away. Before the first answer nobody is called.
 */
export function didPools(api: ProgramApi, logger: Logger): DidPools {
  const pools = new LRUCache<string, Pool>({ max: poolLimit, ttl: forgetMs, updateAgeOnGet: true })

  async function ask(plan: ExecutionPlan, pool: Pool): Promise<void> {
    const context = { executionId: plan.id, correlationId: plan.id }
    try {
      const numbers = await api.activeDids(plan.organizationId, plan.programId)
      if (numbers.length === 0 && pool.numbers?.length !== 0) logger.warn(context, 'no DID of the pool is active: nobody is called')
      pool.numbers = numbers
      pool.askAtMs = performance.now() + refreshMs
    } catch (error) {
      logger.warn({ ...context, err: error }, 'active DIDs not known, asking again')
      pool.askAtMs = performance.now() + retryMs
    }
  }

  return {
    numbers(plan) {
      let pool = pools.get(plan.id)
      if (!pool) {
        pool = { numbers: undefined, askAtMs: 0 }
        pools.set(plan.id, pool)
      }
      if (pool.askAtMs <= performance.now()) {
        pool.askAtMs = Infinity
        void ask(plan, pool)
      }
      return pool.numbers
    },
  }
}
