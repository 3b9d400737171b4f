import { elapsedMs, momentNow } from './elapsed.ts'
import { every } from './every.ts'
import type { Logger } from './logger.ts'
import { type ClockSample, platformTime } from './platform-time.ts'
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

/** Real time between two samples of the database's clock. */
const resampleMs = 30_000
/** Sooner than that, a look at whether the host was suspended, and a second sample after one that is not believed. */
const lookMs = 1_000
/** Round trips of one sample: the shortest is the most exact one. A long one may have met a busy moment. */
const roundTrips = 5
/** The first sample has to be believed: it is taken again while the shortest round trip is longer than this. */
const exactMs = 100
const firstTries = 4

export interface DatabaseClock extends Clock {
  /** Epoch milliseconds of real time by the database's clock, whatever the speed of platform time is. */
  realNow(): number
  stop(): Promise<void>
}

/**
 * The clock of a process: the monotonic clock, set by the database's clock now and every half minute. The host's own clock may be wrong, or
 * be set: it is not read. How samples correct it says {@link platformTime}. While the database cannot be reached, time goes on by the monotonic clock.
 */
export async function databaseClock(sql: Asks, anchor: ClockAnchor, deps: { logger: Logger; watchdog: Watchdog }): Promise<DatabaseClock> {
  const { logger } = deps
  const time = platformTime(await firstSample(sql))
  let lastLook = momentNow()
  let nextSampleMs = lastLook.monotonicMs + resampleMs
  let lastToldMs = 0

  async function look() {
    const now = momentNow()
    const stoodStillMs = elapsedMs(lastLook, now) - (now.monotonicMs - lastLook.monotonicMs)
    lastLook = now
    if (stoodStillMs > lookMs) {
      logger.warn({ stoodStillMs }, "the host was suspended, or its clock was set: asking for the database's clock")
      time.expectJump()
    } else if (now.monotonicMs < nextSampleMs) return
    const sample = await sampleClock(sql)
    const use = time.take(sample)
    if (use === 'doubted')
      logger.warn({ aheadMs: Math.round(sample.databaseMs - time.at(sample.atMs)) }, "the database's clock has jumped, asking again")
    nextSampleMs = use === 'taken' ? performance.now() + resampleMs : 0
  }

  function realNow() {
    const nowMs = time.at(performance.now())
    if (nowMs > lastToldMs) lastToldMs = nowMs
    return lastToldMs
  }

  const looking = every({ name: 'sample the database clock', intervalMs: lookMs, work: look }, deps)
  return {
    speed: anchor.speed,
    now: () => Math.floor(virtualAt(anchor, realNow())),
    realNow: () => Math.floor(realNow()),
    stop: looking.stop,
  }
}

/** What asks the database, as a tagged template. */
type Asks = <T extends readonly object[]>(template: TemplateStringsArray) => PromiseLike<T>

async function firstSample(sql: Asks): Promise<ClockSample> {
  let best = await sampleClock(sql)
  for (let tries = 1; tries < firstTries && best.tookMs > exactMs; tries++) {
    const next = await sampleClock(sql)
    if (next.tookMs < best.tookMs) best = next
  }
  return best
}

async function sampleClock(sql: Asks): Promise<ClockSample> {
  let best = await roundTrip(sql)
  for (let count = 1; count < roundTrips; count++) {
    const next = await roundTrip(sql)
    if (next.tookMs < best.tookMs) best = next
  }
  return best
}

async function roundTrip(sql: Asks): Promise<ClockSample> {
  const startedMs = performance.now()
  const [row] = await sql<[{ ms: number }]>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`
  const atMs = performance.now()
  const tookMs = atMs - startedMs
  return { atMs, databaseMs: row.ms + tookMs / 2, tookMs }
}
