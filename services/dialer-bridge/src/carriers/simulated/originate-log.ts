import { closeSync, openSync, writeSync } from 'node:fs'
import { toIso } from '@carillon/contracts/instant'
import type { OriginateRequest } from '../../domain/carrier-command.ts'

/** The carrier's own record of the calls it was asked for, apart from any database. */
export interface OriginateLog {
  record(request: OriginateRequest, atMs: number): void
  close(): void
}

/** Appends one JSON line per originate to a file before anything else happens: a process that is killed has written what it did. */
export function originateLog(path: string): OriginateLog {
  const file = openSync(path, 'a')
  return {
    record({ channelId: callId, to, from, attempt }, atMs) {
      writeSync(file, `${JSON.stringify({ callId, to, from, attempt, at: toIso(atMs) })}\n`)
    },
    close: () => closeSync(file),
  }
}
