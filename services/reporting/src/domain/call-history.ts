import type { CallHistoryItem } from '@carillon/contracts/report'
import { microsToJson } from '@carillon/money/credits'
import { toIso } from '@carillon/service-kit/instant'
import type { Call } from './call.ts'

/** A call of the history (seed: CallHistoryItem). `costMicros` is undefined while it is not rated. */
export function callHistoryItem(call: Call, costMicros: bigint | undefined): CallHistoryItem {
  const { end } = call
  return {
    callId: call.callId,
    contactId: call.contactId,
    from: call.from,
    to: call.to,
    direction: call.direction,
    attempt: call.attempt,
    status: end?.outcome ?? 'ongoing',
    outcome: end?.outcome ?? null,
    startedAt: toIso(call.startedAt),
    ...(end === null ? {} : { endedAt: toIso(end.endedAt) }),
    ...(end === null || end.durationMs === null ? {} : { durationMs: end.durationMs }),
    // The seed's example leaves it out where a call cost nothing.
    ...(costMicros === undefined || costMicros === 0n ? {} : { totalCost: microsToJson(costMicros) }),
  }
}
