import { toIso } from '@carillon/contracts/instant'
import type { ProgramResponse } from '@carillon/contracts/program'
import type { ProgramCreated, ProgramDeleted, ProgramUpdated } from '@carillon/contracts/program-events'

/** The id of the event, its time, and the request that caused it. */
export interface Occasion {
  id: string
  atMs: number
  requestId: string
}

/** The event of a program that was created or changed; it holds the whole program. */
export function programWritten(
  type: 'program.created' | 'program.updated',
  program: ProgramResponse,
  occasion: Occasion,
): ProgramCreated | ProgramUpdated {
  return { type, ...header(program, occasion), data: { program } }
}

export function programDeleted(program: { id: string; organizationId: string }, occasion: Occasion): ProgramDeleted {
  return { type: 'program.deleted', ...header(program, occasion), data: { programId: program.id } }
}

function header(program: { id: string; organizationId: string }, { id, atMs, requestId }: Occasion) {
  const { organizationId } = program
  return { id, version: 1 as const, organizationId, time: toIso(atMs), correlationId: program.id, causationId: requestId }
}
