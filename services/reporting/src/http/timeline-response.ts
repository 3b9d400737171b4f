import { toIso } from '@carillon/contracts/instant'
import type { ExecutionTimeline } from '@carillon/contracts/report-timeline'
import { microsToJson } from '@carillon/money/credits'
import type { TimelinePart } from '../domain/timeline.ts'

export function timelineBucket({ startMs, endMs, calls, ended, answerRate, costMicros }: TimelinePart): ExecutionTimeline['data'][number] {
  const { started, answered, voicemail, noAnswer, busy, rejected, failed, flowCompleted } = calls
  return {
    startAt: toIso(startMs),
    endAt: toIso(endMs),
    callsStarted: started,
    callsEnded: ended,
    answered,
    voicemail,
    noAnswer,
    busy,
    rejected,
    failed,
    completed: flowCompleted,
    answerRate,
    creditsUsed: microsToJson(costMicros),
  }
}
