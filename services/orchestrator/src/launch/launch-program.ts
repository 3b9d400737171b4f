import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { LaunchResponse } from '@carillon/contracts/execution'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { answeredBefore, createOnce } from '@carillon/service-kit/http/idempotency'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyRequest } from 'fastify'
import { zoning } from '../domain/contact-hours.ts'
import { type Execution, launchState } from '../domain/execution.ts'
import { launchedEvent } from '../domain/execution-messages.ts'
import {
  audienceEmpty,
  executionAlreadyRunning,
  type LaunchSnapshot,
  planLaunch,
  programChanged,
  stagingLost,
  tooManyLaunches,
} from '../domain/launch.ts'
import type { Organizations } from '../organizations.ts'
import type { ProgramApi } from '../program-api.ts'
import { insertExecution } from '../store/executions.ts'
import { abandonStaging, activateStaging, claimStaging } from '../store/stagings.ts'
import { stageContacts } from './stage-contacts.ts'

interface LaunchDeps {
  deps: Pick<ServiceDeps, 'database' | 'clock' | 'outbox' | 'logger' | 'watchdog'>
  api: ProgramApi
  organizations: Organizations
  defaultMaxConcurrentCalls: number
  changed(execution: Pick<Execution, 'plan' | 'state'>): void
}

/** Launches of one organization at the same time. */
const launchLimit = 4
const sameRequestEveryMs = 100

/**
 * Launches a program: copies the contacts of its audience, and then makes the execution in one short transaction. It exists with all its contacts, or not
 * at all. What a failed launch leaves is swept. Of two launches of a program at the same time the second is refused, or waits for the answer of the
 * first if it has the same `Idempotency-Key`.
 *
 * @param ending ends the copy when it aborts.
 */
export async function launchProgram(
  launching: LaunchDeps,
  request: FastifyRequest,
  programId: string,
  ending: AbortSignal,
): Promise<LaunchResponse> {
  const { deps, api } = launching
  const { organizationId, test: isTest = false } = request.identity
  const key = request.headers['idempotency-key']
  const idempotencyKey = typeof key === 'string' ? key : null
  for (;;) {
    const answered = await answeredBefore<LaunchResponse>(deps.database, request)
    if (answered) return answered
    const snapshot = await api.launchSnapshot(organizationId, programId)
    const executionId = uuidv7(deps.clock.now())
    const claim = await claimStaging(deps.database, { executionId, organizationId, programId, isTest, idempotencyKey }, launchLimit)
    switch (claim) {
      case 'claimed':
        return copyAndActivate(launching, request, snapshot, executionId, ending)
      case 'too_many':
        throw tooManyLaunches(launchLimit)
      case 'taken': {
        // The same request may have been answered since it was looked up.
        const since = await answeredBefore<LaunchResponse>(deps.database, request)
        if (since) return since
        throw executionAlreadyRunning()
      }
      case 'same_request':
        await delay(sameRequestEveryMs, undefined, { signal: ending })
    }
  }
}

async function copyAndActivate(
  { deps, api, organizations, defaultMaxConcurrentCalls, changed }: LaunchDeps,
  request: FastifyRequest,
  snapshot: LaunchSnapshot,
  executionId: string,
  ending: AbortSignal,
): Promise<LaunchResponse> {
  const { organizationId, timezone, test: isTest = false } = request.identity
  const stagedAtMs = deps.clock.now()
  let launched: Pick<Execution, 'plan' | 'state'> | undefined
  try {
    const defaults = await organizations.defaultsOf(organizationId)
    const context = {
      id: executionId,
      organizationId,
      timezone,
      defaults,
      maxConcurrentCalls: defaultMaxConcurrentCalls,
      isTest,
      nowMs: stagedAtMs,
    }
    const draft = planLaunch(snapshot, context)
    const staged = { executionId, dueAtMs: stagedAtMs, zoneOf: zoning(draft.callingHours) }
    const isLive = draft.triggerCondition !== null
    // Contacts of a live program join when they are triggered.
    const read = (signal: AbortSignal) => (isLive ? noContacts() : api.audienceContacts(request.identity, draft.audienceId, signal))
    const zones = await stageContacts(deps, staged, read, ending)
    if (!isSame(snapshot, await api.launchSnapshot(organizationId, draft.programId))) throw programChanged()
    const response = await createOnce(deps.database, request, async (tx): Promise<LaunchResponse> => {
      const totalContacts = await activateStaging(tx, executionId)
      if (totalContacts === null) throw stagingLost()
      if (totalContacts === 0 && !isLive) throw audienceEmpty()
      const nowMs = deps.clock.now()
      const plan = { ...draft, zones, totalContacts, createdAtMs: nowMs }
      const state = launchState(plan, nowMs)
      await insertExecution(tx, { plan, state, autoPauseRules: snapshot.program.autoPauseRules, updatedAtMs: nowMs })
      const message = launchedEvent(plan, state, nowMs, request.id)
      await appendToOutbox(tx, deps.outbox, [{ stream: 'PROGRAMS', laneKey: plan.id, message }])
      tx.afterCommit(() => {
        launched = { plan, state }
      })
      return { executionId }
    })
    if (launched) changed(launched)
    return response
  } finally {
    if (!launched) await abandon(deps, executionId)
  }
}

async function* noContacts(): AsyncGenerator<never> {}

/** If this fails too, the staging is dead in a minute and swept then. */
async function abandon({ database, logger }: LaunchDeps['deps'], executionId: string): Promise<void> {
  try {
    await abandonStaging(database, executionId)
  } catch (error) {
    logger.warn({ err: error, executionId, correlationId: executionId }, 'a staging could not be abandoned')
  }
}

/** Whether a program would still be launched as it was copied. A launch and its end change the status alone. */
function isSame(before: LaunchSnapshot, now: LaunchSnapshot): boolean {
  const launched = ({ program: { status, updatedAt, ...program }, flow, dids }: LaunchSnapshot) => ({ program, flow, dids })
  return isDeepStrictEqual(launched(before), launched(now))
}
