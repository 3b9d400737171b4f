import { existsSync, readFileSync } from 'node:fs'

/** A line of the simulated carrier's own log: that it was asked to call somebody. */
export interface Originate {
  callId: string
  to: string
  from: string
  attempt: number
  at: string
}

/** Every originate that the carrier was ever asked for, apart from any database. */
export function readOriginates(path: string): Originate[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Originate)
}
