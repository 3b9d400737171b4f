import type { Logger } from '@carillon/service-kit/process/logger'
import type { ExecutionPlan } from '../domain/execution.ts'
import type { ProgramApi } from '../program-api.ts'

const refreshMs = 5_000
const retryMs = 1_000
const forgetMs = 60_000

interface Pool {
  /** Undefined until the first answer. */
  numbers: readonly string[] | undefined
  /** When program-api is asked again, and when somebody last wanted to know; real time. */
  askAtMs: number
  usedAtMs: number
}

/**
 * The numbers that each running execution may call from, asked again every few seconds of real time while they are used. An answer stands until
 * the next one, also while program-api is away; before the first one nothing is known, and nobody is called.
 */
export class DidPools {
  readonly #api: ProgramApi
  readonly #logger: Logger
  readonly #pools = new Map<string, Pool>()

  constructor(api: ProgramApi, logger: Logger) {
    this.#api = api
    this.#logger = logger
  }

  /** The pool's active numbers, in its order; undefined while they are not known. */
  numbers(plan: ExecutionPlan): readonly string[] | undefined {
    const nowMs = Date.now()
    const pool = this.#pools.get(plan.id) ?? { numbers: undefined, askAtMs: 0, usedAtMs: nowMs }
    this.#pools.set(plan.id, pool)
    pool.usedAtMs = nowMs
    if (pool.askAtMs <= nowMs) {
      pool.askAtMs = Infinity
      void this.#ask(plan, pool)
    }
    return pool.numbers
  }

  async #ask(plan: ExecutionPlan, pool: Pool): Promise<void> {
    try {
      const numbers = await this.#api.activeDids(plan.organizationId, plan.programId)
      if (numbers.length === 0 && pool.numbers?.length !== 0) {
        this.#logger.warn({ executionId: plan.id, correlationId: plan.id }, 'no DID of the pool is active: nobody is called')
      }
      pool.numbers = numbers
      pool.askAtMs = Date.now() + refreshMs
    } catch (error) {
      this.#logger.warn({ err: error, executionId: plan.id, correlationId: plan.id }, 'active DIDs not known, asking again')
      pool.askAtMs = Date.now() + retryMs
    }
    for (const [id, { usedAtMs }] of this.#pools) if (Date.now() - usedAtMs > forgetMs) this.#pools.delete(id)
  }
}
