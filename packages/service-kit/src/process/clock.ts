import type { Sql } from 'postgres'

/** The platform's time. Every instant that the product stores or reports is taken from here. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Platform milliseconds that pass in one real millisecond; 1 in production. */
  readonly speed: number
}

/** Where platform time was at one real instant. Instants are epoch milliseconds. */
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

/** The anchor that the environment names, or production's. Throws where an instant is unreadable. */
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

/** Connection settings by which the SQL function `clock_now()` tells the same time. Empty in production. */
export function clockSettings(anchor: ClockAnchor): Record<string, string> {
  if (anchor === productionAnchor) return {}
  return {
    'carillon.clock_speed': String(anchor.speed),
    'carillon.clock_real_anchor': new Date(anchor.realMs).toISOString(),
    'carillon.clock_virtual_anchor': new Date(anchor.virtualMs).toISOString(),
  }
}

const resyncMs = 30_000
/** Round trips of one sample: the shortest tells the most, and one that met a busy moment nothing. */
const roundTrips = 5

/**
 * The clock of a process: the database's clock, sampled now and every half minute, so that hosts whose own clocks differ agree.
 * It never goes back: where a new sample lies behind what was already told, time stands still until it has caught up.
 */
export async function databaseClock(sql: Sql, anchor: ClockAnchor): Promise<Clock & { stop(): void }> {
  let offsetMs = await sampleOffset(sql)
  let told = 0
  const timer = setInterval(() => {
    sampleOffset(sql).then(
      (sample) => {
        offsetMs = sample
      },
      // The database is away: the last offset still holds, and readiness reports the outage.
      () => undefined,
    )
  }, resyncMs)
  timer.unref()
  return {
    speed: anchor.speed,
    now() {
      const now = Math.floor(virtualAt(anchor, Date.now() + offsetMs))
      if (now > told) told = now
      return told
    },
    stop: () => clearInterval(timer),
  }
}

async function sampleOffset(sql: Sql): Promise<number> {
  let best = await roundTrip(sql)
  for (let count = 1; count < roundTrips; count++) {
    const next = await roundTrip(sql)
    if (next.tookMs < best.tookMs) best = next
  }
  return best.offsetMs
}

/** How far the database's clock is ahead of ours, give or take half of what the question took. */
async function roundTrip(sql: Sql): Promise<{ offsetMs: number; tookMs: number }> {
  const before = Date.now()
  const started = performance.now()
  const [row] = await sql<[{ ms: number }]>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  const tookMs = performance.now() - started
  return { offsetMs: row.ms - (before + tookMs / 2), tookMs }
}
