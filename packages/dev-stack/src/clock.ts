import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** virtual = virtualAnchorMs + (real − realAnchorMs) · speed; instants are epoch milliseconds. */
export interface Clock {
  realAnchorMs: number
  virtualAnchorMs: number
  speed: number
}

/** A clock as it is kept between runs. It was in use until the real instant `ranUntilMs` at the latest. */
export type KeptClock = Clock & { ranUntilMs: number }

const beatMs = 1_000

export function virtualNow(clock: Clock, realNowMs: number): number {
  return clock.virtualAnchorMs + (realNowMs - clock.realAnchorMs) * clock.speed
}

/**
 * The clock of a run that starts now. Its time starts at the real time, or where an earlier run ended if that is later:
 * so the databases hold nothing from the future, and the pause between two runs does not pass at the earlier speed.
 */
export function nextClock(kept: KeptClock | null, speed: number, realNowMs: number): Clock {
  const lastVirtualMs = kept ? virtualNow(kept, kept.ranUntilMs) : 0
  return { realAnchorMs: realNowMs, virtualAnchorMs: Math.ceil(Math.max(realNowMs, lastVirtualMs)), speed }
}

export type RunningClock = Clock & { stop(): void }

/** Starts the installation's clock from the file that the last run kept, and keeps it there until it is stopped. */
export function startClock(path: string, speed: number): RunningClock {
  const clock = nextClock(readKept(path), speed, Date.now())
  // Ahead of now: after a kill the services run on until they notice, and this covers that time.
  keep(path, clock, Date.now() + 2 * beatMs)
  const beat = setInterval(() => keep(path, clock, Date.now() + 2 * beatMs), beatMs)
  beat.unref()
  return {
    ...clock,
    stop() {
      clearInterval(beat)
      keep(path, clock, Date.now())
    },
  }
}

/** The environment that gives every service this clock. */
export function clockEnvironment(clock: Clock): Record<string, string> {
  return {
    CLOCK_SPEED: String(clock.speed),
    CLOCK_REAL_ANCHOR: new Date(clock.realAnchorMs).toISOString(),
    CLOCK_VIRTUAL_ANCHOR: new Date(clock.virtualAnchorMs).toISOString(),
  }
}

function readKept(path: string): KeptClock | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptClock) : null
}

function keep(path: string, clock: Clock, ranUntilMs: number): void {
  const kept: KeptClock = { ...clock, ranUntilMs }
  writeFileSync(`${path}.new`, JSON.stringify(kept))
  renameSync(`${path}.new`, path)
}
