import { existsSync, readFileSync } from 'node:fs'

/** A line of the simulated carrier's own log: it was asked to place a call. */
export interface Originate {
  callId: string
  to: string
  from: string
  attempt: number
  at: string
}

/** Every originate of the carrier, read from its log and not from a database. */
export function readOriginates(path: string): Originate[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Originate)
}
