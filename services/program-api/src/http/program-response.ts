import { toIso } from '@carillon/contracts/instant'
import type { ProgramResponse } from '@carillon/contracts/program'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { Program } from '../domain/program.ts'
import { type DidRow, findDids } from '../store/dids.ts'

/** A program as the API shows it, with the DIDs of its pool. */
export async function toProgramResponse(orm: Orm, program: Program): Promise<ProgramResponse> {
  return response(program, byId(await findDids(orm, program.didIds)))
}

/** Programs as the API shows them. The DIDs of all pools are read at once. */
export async function toProgramResponses(orm: Orm, programs: readonly Program[]): Promise<ProgramResponse[]> {
  const dids = byId(await findDids(orm, [...new Set(programs.flatMap((program) => program.didIds))]))
  return programs.map((program) => response(program, dids))
}

/** A DID that was deleted is no longer in the pool. */
function response(program: Program, dids: ReadonlyMap<string, DidRow>): ProgramResponse {
  const { didIds, startAtMs, stopAtMs, createdAtMs, updatedAtMs, ...rest } = program
  return {
    ...rest,
    startAt: toIso(startAtMs),
    stopAt: stopAtMs === null ? null : toIso(stopAtMs),
    didPool: didIds.flatMap((id) => poolItem(dids.get(id))),
    createdAt: toIso(createdAtMs),
    updatedAt: toIso(updatedAtMs),
  }
}

function poolItem(did: DidRow | undefined) {
  return did ? [{ id: did.id, number: did.number, country: did.country }] : []
}

const byId = (dids: readonly DidRow[]) => new Map(dids.map((did) => [did.id, did]))
