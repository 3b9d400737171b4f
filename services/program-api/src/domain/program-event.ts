import type { ProgramResponse } from '@carillon/contracts/program'
import type { ProgramCreated, ProgramDeleted, ProgramUpdated } from '@carillon/contracts/program-events'
import { toIso } from '@carillon/service-kit/domain/instant'

/** The fact's own id, when it happened (epoch milliseconds), and the request that caused it. */
export interface Occasion {
  id: string
  at: number
  requestId: string
}

/** A program was made or changed: this is what it is from then on. */
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

function header(program: { id: string; organizationId: string }, { id, at, requestId }: Occasion) {
  const { organizationId } = program
  return { id, version: 1 as const, organizationId, time: toIso(at), correlationId: program.id, causationId: requestId }
}
