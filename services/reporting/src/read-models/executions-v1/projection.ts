import {
  ExecutionCancelled,
  ExecutionChanged,
  ExecutionCompleted,
  ExecutionContactsChanged,
  ExecutionLaunched,
  ExecutionPaused,
  ExecutionResumed,
  ExecutionStarted,
  ExecutionStopped,
} from '@carillon/contracts/program-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { type ExecutionEvent, launchOf, stepOf } from '../../domain/execution.ts'
import { addLaunches, changeStop } from './executions.ts'
import { addSteps } from './steps.ts'

/** Executions: their launch and their progress. */
export const executionsProjection: Projection<ExecutionEvent> = {
  name: 'executions-v1',
  stream: 'PROGRAMS',
  types: 'execution.>',
  schemas: [
    ExecutionLaunched,
    ExecutionStarted,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionCompleted,
    ExecutionStopped,
    ExecutionCancelled,
    ExecutionChanged,
    ExecutionContactsChanged,
  ],
  subjectOf: ({ data }) => data.executionId,
  async apply(tx, _lane, events) {
    const launches = events.filter((event) => event.type === 'execution.launched')
    await addLaunches(tx, launches.map(launchOf))
    for (const event of events) if (event.type === 'execution.changed') await changeStop(tx, event)
    await addSteps(tx, events.map(stepOf))
  },
}
