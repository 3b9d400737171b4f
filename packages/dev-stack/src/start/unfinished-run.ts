import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import { isTerminal } from '@carillon/contracts/execution'

/** A program of `npm start`: its execution goes on, over restarts too, as long as nobody ends it. */
export interface UnfinishedRun {
  organizationId: string
  programId: string
}

/** What is about to be launched or was, and has not ended, kept in the installation's folder: a command that is killed cannot cancel it itself. */
export class RunRecord {
  readonly #path: string

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'unfinished-run.json')
  }

  read(): UnfinishedRun | null {
    return existsSync(this.#path) ? (JSON.parse(readFileSync(this.#path, 'utf8')) as UnfinishedRun) : null
  }

  keep(run: UnfinishedRun): void {
    writeFileSync(this.#path, JSON.stringify(run))
  }

  forget(): void {
    rmSync(this.#path, { force: true })
  }
}

/** Cancels what goes on of a program, and returns how many executions that were; 0 too where the program is not there any more. */
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
