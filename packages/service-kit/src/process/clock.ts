import { every } from './every.ts'
import type { Logger } from './logger.ts'
import type { Watchdog } from './watchdog.ts'

/** The platform's time. Every instant that Carillon stores or reports comes from here. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Platform milliseconds that pass in one real millisecond; 1 in production. */
  readonly speed: number
}

/** What platform time was at one real instant. Instants are epoch milliseconds. */
export interface ClockAnchor {
  speed: number
  realMs: number
  virtualMs: number
}

export const productionAnchor: ClockAnchor = { speed: 1, realMs: 0, virtualMs: 0 }

interface ClockEnvironment {
  CLOCK_SPEED?: number
  CLOCK_REAL_ANCHOR?: string
  CLOCK_VIRTUAL_ANCHOR?: string
}

/** The anchor in the environment, or production's. Throws if an instant cannot be read. */
export function anchorFrom(environment: ClockEnvironment): ClockAnchor {
  const { CLOCK_SPEED: speed, CLOCK_REAL_ANCHOR: real, CLOCK_VIRTUAL_ANCHOR: virtual } = environment
  if (speed === undefined && real === undefined && virtual === undefined) return productionAnchor
  const realMs = Date.parse(real ?? '')
  const virtualMs = Date.parse(virtual ?? real ?? '')
  if (Number.isNaN(realMs) || Number.isNaN(virtualMs)) {
    throw new Error('CLOCK_SPEED needs CLOCK_REAL_ANCHOR and CLOCK_VIRTUAL_ANCHOR as ISO 8601 instants')
  }
  return { speed: speed ?? 1, realMs, virtualMs }
}

/** Platform time at a real instant. */
export function virtualAt(anchor: ClockAnchor, realMs: number): number {
  return anchor.virtualMs + (realMs - anchor.realMs) * anchor.speed
}

/** Connection settings that make the SQL function `clock_now()` tell the same time. Empty in production. */
export function clockSettings(anchor: ClockAnchor): Record<string, string> {
  if (anchor === productionAnchor) return {}
  return {
    'carillon.clock_speed': String(anchor.speed),
    'carillon.clock_real_anchor': new Date(anchor.realMs).toISOString(),
    'carillon.clock_virtual_anchor': new Date(anchor.virtualMs).toISOString(),
  }
}

const resyncMs = 30_000
/** Round trips of one sample: the shortest is the most exact one. A long one may have met a busy moment. */
const roundTrips = 5

export interface DatabaseClock extends Clock {
  stop(): Promise<void>
}

/**
 * The clock of a process: the database's clock, sampled now and every half minute, so that hosts whose own clocks differ agree.
 * It never goes back: if a new sample is behind the time that was last told, time stands still until the sample has caught up.
 * While the database cannot be reached, the last sample holds.
 */
export async function databaseClock(sql: Asks, anchor: ClockAnchor, deps: { logger: Logger; watchdog: Watchdog }): Promise<DatabaseClock> {
  let offsetMs = await sampleOffset(sql)
  let lastToldMs = 0
  const resync = every(
    {
      name: 'sample the database clock',
      intervalMs: resyncMs,
      async work() {
        offsetMs = await sampleOffset(sql)
      },
    },
    deps,
  )
  return {
    speed: anchor.speed,
    now() {
      const nowMs = Math.floor(virtualAt(anchor, Date.now() + offsetMs))
      if (nowMs > lastToldMs) lastToldMs = nowMs
      return lastToldMs
    },
    stop: resync.stop,
  }
}

/** What asks the database, as a tagged template. */
type Asks = <T extends readonly object[]>(template: TemplateStringsArray) => PromiseLike<T>

async function sampleOffset(sql: Asks): Promise<number> {
  let best = await roundTrip(sql)
  for (let count = 1; count < roundTrips; count++) {
    const next = await roundTrip(sql)
    if (next.tookMs < best.tookMs) best = next
  }
  return best.offsetMs
}

/** How far the database's clock is ahead of ours. The error is at most half of `tookMs`. */
async function roundTrip(sql: Asks): Promise<{ offsetMs: number; tookMs: number }> {
  const beforeMs = Date.now()
  const startedMs = performance.now()
  const [row] = await sql<[{ ms: number }]>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  const tookMs = performance.now() - startedMs
  return { offsetMs: row.ms - (beforeMs + tookMs / 2), tookMs }
}
