import type { DidPoolItem, ProgramResponse } from '@carillon/contracts/program'
import { toIso } from '@carillon/service-kit/domain/instant'
import type { Program } from './program.ts'

/** A program as the API shows it. DIDs that were deleted since are not in its pool any more. */
export function programResponse(program: Program, dids: ReadonlyMap<string, DidPoolItem>): ProgramResponse {
  const { didIds, startAt, stopAt, createdAt, updatedAt, ...rest } = program
  return {
    ...rest,
    startAt: toIso(startAt),
    stopAt: stopAt === null ? null : toIso(stopAt),
    didPool: didIds.flatMap((id) => dids.get(id) ?? []),
    createdAt: toIso(createdAt),
    updatedAt: toIso(updatedAt),
  }
}

/** DIDs by id, as pools show them. */
export function poolItems(dids: readonly DidPoolItem[]): Map<string, DidPoolItem> {
  return new Map(dids.map(({ id, number, country }) => [id, { id, number, country }]))
}
