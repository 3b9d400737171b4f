import { isTerminal } from '@carillon/contracts/execution'
import { fromIso } from '@carillon/contracts/instant'
import {
  ExecutionCancelled,
  ExecutionCompleted,
  ExecutionLaunched,
  type ExecutionLifecycle,
  ExecutionStopped,
} from '@carillon/contracts/program-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import type { LiveExecution } from '../domain/trigger.ts'
import { endExecutions, followExecutions } from '../store/live-executions.ts'
import { activatePrograms, type ExecutionFact, noteExecutions } from '../store/program-executions.ts'

type Followed = ExecutionLaunched | ExecutionLifecycle

/** Follows launches and ends of executions: which programs are active, and which have an execution that has not ended. */
export const executionsProjection: Projection<Followed> = {
  name: 'program-executions',
  stream: 'PROGRAMS',
  types: 'execution.>',
  schemas: [ExecutionLaunched, ExecutionCompleted, ExecutionStopped, ExecutionCancelled],
  subjectOf: ({ data }) => data.executionId,
  async apply(tx, _lane, events) {
    const facts = new Map<string, ExecutionFact>()
    for (const { type, data } of events) {
      const { executionId, revision } = data
      const known = facts.get(executionId)
      const programId = type === 'execution.launched' ? data.programId : (known?.programId ?? null)
      if (known && known.revision >= revision) facts.set(executionId, { ...known, programId })
      else facts.set(executionId, { executionId, programId, isLive: !isTerminal(data.status), revision })
    }
    await followExecutions(tx, events.flatMap(liveExecutionOf))
    await endExecutions(
      tx,
      events.flatMap(({ type, data }) => (type === 'execution.launched' ? [] : [data.executionId])),
    )
    await noteExecutions(tx, [...facts.values()])
    await activatePrograms(
      tx,
      // A launch in test mode leaves its program as it was.
      events.flatMap((event) => (event.type === 'execution.launched' && !event.data.test ? [event.data.programId] : [])),
    )
  },
}

function liveExecutionOf({ type, organizationId, time, data }: Followed): LiveExecution[] {
  if (type !== 'execution.launched' || data.triggerCondition === undefined) return []
  const { executionId, programId, triggerCondition, timezone } = data
  return [{ executionId, organizationId, programId, triggerCondition, timezone, launchedAtMs: fromIso(time) }]
}
