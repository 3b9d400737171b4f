import { insertRows } from '@carillon/service-kit/postgres/batch'
import type { Orm, Tx } from '@carillon/service-kit/postgres/database'
import { and, eq, inArray, lte } from 'drizzle-orm'
import type { Call, CallEnd } from '../../domain/call.ts'
import { callEnds, calls } from './schema.ts'

export async function addCalls(tx: Tx, started: readonly Call[]): Promise<void> {
  await insertRows(
    tx,
    calls,
    started.map(({ startedAtMs, ...call }) => ({ ...call, startedAt: new Date(startedAtMs) })),
  )
}

export async function addCallEnds(tx: Tx, ended: readonly CallEnd[]): Promise<void> {
  await insertRows(
    tx,
    callEnds,
    ended.map(({ answeredAtMs, endedAtMs, ...end }) => {
      return { ...end, answeredAt: answeredAtMs === null ? null : new Date(answeredAtMs), endedAt: new Date(endedAtMs) }
    }),
  )
}

/** A call of the organization, or undefined if it has none with that id. */
export async function findCall(orm: Orm, organizationId: string, callId: string): Promise<Call | undefined> {
  const [row] = await orm
    .select()
    .from(calls)
    .where(and(eq(calls.callId, callId), eq(calls.organizationId, organizationId)))
  return row && callOfRow(row)
}

/** The calls of an organization's job, in the order of their attempt. */
export async function callsOfJob(orm: Orm, organizationId: string, jobId: string): Promise<Call[]> {
  const rows = await orm
    .select()
    .from(calls)
    .where(and(eq(calls.jobId, jobId), eq(calls.organizationId, organizationId)))
    .orderBy(calls.attempt, calls.callId)
  return rows.map(callOfRow)
}

export function callOfRow({ startedAt, ...call }: typeof calls.$inferSelect): Call {
  return { ...call, startedAtMs: startedAt.getTime() }
}

/** How calls ended, by call id. Calls that were still going on are left out. */
export async function endsOfCalls(orm: Orm, callIds: readonly string[], position: number): Promise<Map<string, CallEnd>> {
  if (callIds.length === 0) return new Map()
  const rows = await orm
    .select()
    .from(callEnds)
    .where(and(inArray(callEnds.callId, [...callIds]), lte(callEnds.position, position)))
  return new Map(
    rows.map(({ answeredAt, endedAt, ...end }) => {
      return [end.callId, { ...end, answeredAtMs: answeredAt?.getTime() ?? null, endedAtMs: endedAt.getTime() }]
    }),
  )
}
