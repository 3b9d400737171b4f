/** The JetStream streams. A read model can be rebuilt from the last `maxAgeDays` of a stream. */
export const streams = {
  CALLS: { name: 'CALLS', prefix: 'calls', subjects: ['calls.>'], workQueue: false, maxAgeDays: 30 },
  PROGRAMS: { name: 'PROGRAMS', prefix: 'programs', subjects: ['programs.>'], workQueue: false, maxAgeDays: 365 },
  BILLING: { name: 'BILLING', prefix: 'billing', subjects: ['billing.>'], workQueue: false, maxAgeDays: 365 },
  DIAL: { name: 'DIAL', prefix: 'dial', subjects: ['dial.>'], workQueue: true, maxAgeDays: 2 },
} as const

export type StreamName = keyof typeof streams

export const streamNames = Object.keys(streams) as StreamName[]

/** `<prefix>.<lane>.<type>`, e.g. `calls.7.call.answered`. */
export function subjectOf(stream: StreamName, lane: number, type: string): string {
  return `${streams[stream].prefix}.${lane}.${type}`
}

/** Filter for one lane, or for some message types of it: `call.>`. */
export function laneFilter(stream: StreamName, lane: number, types = '>'): string {
  return `${streams[stream].prefix}.${lane}.${types}`
}
