import type { Identity } from '@carillon/contracts/identity'
import { fromIso, toIso } from '@carillon/contracts/instant'
import { DomainError, invalidFields } from '@carillon/service-kit/domain/domain-error'
import type { Orm } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { TSchema } from '@sinclair/typebox'
import { asOfMs, type Cut, nothing } from '../domain/cut.ts'
import { type Execution, executionAtLaunch } from '../domain/execution.ts'
import { reportAgeMetric } from '../metrics.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { cutOf } from '../read-models/cut.ts'
import type { Serving } from '../read-models/registry.ts'

/** Of every report: since when the answer may lack something. */
const headerName = 'carillon-as-of'
const asOfDescription = 'When the first thing happened that the report lacks, because a service has not told of it yet; otherwise now'

/** A report, answered with the header. */
export function asOfHeader<T extends TSchema>(report: T): T {
  return { ...report, headers: { [headerName]: { type: 'string', format: 'date-time', description: asOfDescription } } }
}

export type CutDeps = Pick<ServiceDeps, 'database' | 'clock' | 'metrics'> & { serving: Serving; orchestrator: Orchestrator }

export type CutAnswers = ReturnType<typeof cutAnswers>

/** How every report of an execution answers: from one snapshot, so that its figures agree. */
export function cutAnswers({ database, clock, metrics, serving, orchestrator }: CutDeps) {
  const { calls, executions } = serving
  const reportAge = reportAgeMetric(metrics)

  /**
   * Answers with what a cut shows of an execution (contract rule 33), and says in a header as of when it is. An execution whose events have not arrived yet is
   * shown as it was launched. One of another organization is answered like one that does not exist (contract rule 21).
   */
  async function answer<T>(asked: Asked, reply: Replied, read: ReadShown<T>, asOf?: string): Promise<T> {
    const atMs = asOf === undefined ? undefined : fromIso(asOf)
    const told = await tell(asked, read, atMs)
    tellAge(reply, told.cut, atMs)
    return told.answer
  }

  /** The same without an HTTP answer, with the cut that it shows. */
  async function tell<T>({ identity, params: { id } }: Asked, read: ReadShown<T>, atMs?: number): Promise<{ cut: Cut; answer: T }> {
    const stored = await database.snapshot(async ({ orm }) => {
      const launch = await executions.findLaunch(orm, identity.organizationId, id)
      if (!launch) return undefined
      const cut = await cutOf(orm, serving, id)
      if (atMs === undefined) {
        const progress = await executions.progressOf(orm, id, cut.position)
        return { cut, answer: await read(orm, { launch, progress, position: cut.position, nowMs: clock.now() }) }
      }
      refuseOutsideOf(launch.launchedAtMs, atMs, clock.now())
      const position = Math.min(cut.position, await calls.positionAt(orm, id, atMs))
      const progress = await executions.progressOf(orm, id, position, atMs)
      return { cut, answer: await read(orm, { launch, progress, position, nowMs: atMs }) }
    })
    if (stored) return stored
    // Outside of a transaction: the answer may take seconds.
    const launched = await orchestrator.launchOf(identity.organizationId, id)
    if (!launched) throw new DomainError('not_found', 'NotFoundException', 'Execution not found')
    const launchedAtMs = fromIso(launched.time)
    const nowMs = clock.now()
    if (atMs !== undefined) refuseOutsideOf(launchedAtMs, atMs, nowMs)
    const shown = { ...executionAtLaunch(launched), position: nothing.position, nowMs: atMs ?? nowMs }
    return { cut: { ...nothing, lacksFromMs: launchedAtMs }, answer: await database.snapshot(({ orm }) => read(orm, shown)) }
  }

  /** @param askedMs the instant that the report was asked for, if it was for one. */
  function tellAge(reply: Replied, cut: Cut, askedMs = Number.POSITIVE_INFINITY): void {
    const nowMs = clock.now()
    const knownToMs = asOfMs(cut, nowMs)
    reportAge.observe((nowMs - knownToMs) / 1000)
    reply.header(headerName, toIso(Math.min(knownToMs, askedMs)))
  }

  return { answer, tell }
}

/** A report can be asked for every instant of an execution's life, and for none before or ahead. */
function refuseOutsideOf(launchedAtMs: number, atMs: number, nowMs: number): void {
  const problem = atMs > nowMs ? 'must not lie ahead' : `must not lie before the launch, ${toIso(launchedAtMs)}`
  if (atMs > nowMs || atMs < launchedAtMs) throw invalidFields([{ pointer: '/query/asOf', message: problem }])
}

type ReadShown<T> = (orm: Orm, shown: Shown) => Promise<T>

interface Asked {
  identity: Pick<Identity, 'organizationId'>
  params: { id: string }
}

interface Replied {
  header(name: string, value: string): unknown
}

/** What a report shows of an execution: its state at a position of the calls' lane. */
export type Shown = Execution & { readonly position: number /** The instant that it is shown at. */; readonly nowMs: number }
