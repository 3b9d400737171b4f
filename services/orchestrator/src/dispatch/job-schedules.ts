import { LRUCache } from 'lru-cache'
import { type CallSchedule, type CallTimes, compileSchedule } from '../domain/execution-rules.ts'

const kept = 500

/** Compiled schedules by what they are made from: the jobs of one caller mostly have the same. */
export function jobSchedules(): (times: CallTimes) => CallSchedule {
  const schedules = new LRUCache<string, CallSchedule>({ max: kept })
  return ({ retryStrategy, pauseWindows, callingHours, timezone }) => {
    const times = { retryStrategy, pauseWindows, callingHours, timezone }
    const key = JSON.stringify(times)
    const known = schedules.get(key)
    if (known) return known
    const schedule = compileSchedule(times)
    schedules.set(key, schedule)
    return schedule
  }
}
