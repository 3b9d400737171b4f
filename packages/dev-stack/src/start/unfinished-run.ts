import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import { isTerminal } from '@carillon/contracts/execution'

/** A program of `npm start`. Its execution continues, also after a restart, until it is cancelled. */
export interface UnfinishedRun {
  organizationId: string
  programId: string
}

export interface RunRecord {
  read(): UnfinishedRun | null
  keep(run: UnfinishedRun): void
  forget(): void
}

/**
 * A file in the installation's folder that names the program of this run, from before its launch until its end. A command that is killed
 * cannot cancel its program; the next one reads the file and does so.
 */
export function runRecord(dataDir: string): RunRecord {
  const path = join(dataDir, 'unfinished-run.json')
  return {
    read: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as UnfinishedRun) : null),
    keep: (run) => writeFileSync(path, JSON.stringify(run)),
    forget: () => rmSync(path, { force: true }),
  }
}

/** Cancels what still runs of a program and returns the number of executions cancelled; 0 when the program no longer exists. */
export async function cancelProgram(client: Client, programId: string): Promise<number> {
  try {
    const live = (await client.programs.executions(programId)).filter(({ status }) => !isTerminal(status))
    for (const { id } of live) await client.executions.cancel(id)
    return live.length
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 404) return 0
    throw error
  }
}
