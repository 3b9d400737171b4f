import type { CallHistoryItem } from '@carillon/contracts/report'
import { microsToJson } from '@carillon/money/credits'
import { toIso } from '@carillon/service-kit/domain/instant'
import type { Call, CallEnd } from './call.ts'

/** A call of the history. `end` is undefined while it goes on, `costMicros` while it is not rated. */
export function callHistoryItem(call: Call, end: CallEnd | undefined, costMicros: bigint | undefined): CallHistoryItem {
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
    ...(end === undefined ? {} : { endedAt: toIso(end.endedAt) }),
    ...(end === undefined || end.durationMs === null ? {} : { durationMs: end.durationMs }),
    // The seed's example leaves it out where a call cost nothing.
    ...(costMicros === undefined || costMicros === 0n ? {} : { totalCost: microsToJson(costMicros) }),
  }
}
