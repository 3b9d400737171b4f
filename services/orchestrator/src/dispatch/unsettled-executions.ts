import type { Database } from '@carillon/service-kit/postgres/database'
import type { Logger } from '@carillon/service-kit/process/logger'
import { listUnsettled, type UnsettledExecution } from '../store/executions.ts'

const pollMs = 500

/**
 * The executions that lanes have work with, of the whole platform: looked up every half second of real time, so that a lane hears of what another
 * replica did, and told at once of what this one did.
 */
export class UnsettledExecutions {
  readonly #database: Database
  readonly #logger: Logger
  #byLane = new Map<number, Map<string, UnsettledExecution>>()
  /** Told since the running look-up began, which may not have seen them. */
  #told: UnsettledExecution[] = []
  #polling: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(database: Database, logger: Logger) {
    this.#database = database
    this.#logger = logger
  }

  inLane(lane: number): ReadonlyMap<string, UnsettledExecution> {
    return this.#byLane.get(lane) ?? new Map()
  }

  tell(execution: UnsettledExecution): void {
    this.#told.push(execution)
    this.#add(execution)
  }

  async start(): Promise<void> {
    await this.#poll()
    this.#timer = setTimeout(() => this.#again(), pollMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#polling
  }

  #again(): void {
    this.#polling = this.#poll()
      .catch((error: unknown) => this.#logger.warn({ err: error }, 'executions not looked up'))
      .then(() => {
        if (this.#timer) this.#timer = setTimeout(() => this.#again(), pollMs)
      })
  }

  async #poll(): Promise<void> {
    this.#told = []
    const rows = await listUnsettled(this.#database)
    this.#byLane = new Map()
    for (const execution of [...rows, ...this.#told]) this.#add(execution)
  }

  #add(execution: UnsettledExecution): void {
    const inLane = this.#byLane.get(execution.lane) ?? new Map<string, UnsettledExecution>()
    const known = inLane.get(execution.id)
    if (!known || known.revision < execution.revision) inLane.set(execution.id, execution)
    this.#byLane.set(execution.lane, inLane)
  }
}
