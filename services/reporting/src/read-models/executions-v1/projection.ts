import {
  ExecutionCancelled,
  ExecutionCompleted,
  ExecutionContactsChanged,
  ExecutionLaunched,
  ExecutionPaused,
  ExecutionResumed,
  ExecutionStarted,
  ExecutionStopped,
} from '@carillon/contracts/program-events'
import type { Projection } from '@carillon/service-kit/messaging/projection'
import { type ExecutionEvent, foldProgress, launchOf } from '../../domain/execution.ts'
import { addLaunches, loadProgress, saveProgress } from './executions.ts'

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
    ExecutionContactsChanged,
  ],
  subjectOf: ({ data }) => data.executionId,
  async apply(tx, _lane, events) {
    const launches = events.filter((event) => event.type === 'execution.launched')
    await addLaunches(tx, launches.map(launchOf))
    const executionIds = new Set(events.map((event) => event.data.executionId))
    const progress = foldProgress(await loadProgress(tx, [...executionIds]), events)
    await saveProgress(tx, [...progress.values()])
  },
}
