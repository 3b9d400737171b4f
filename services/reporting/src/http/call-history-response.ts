import { toIso } from '@carillon/contracts/instant'
import type { CallHistoryItem } from '@carillon/contracts/report'
import { microsToJson } from '@carillon/money/credits'
import type { Call, CallEnd } from '../domain/call.ts'

/** A call of the history. `end` is undefined while the call goes on, `costMicros` while it is not rated. */
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
    startedAt: toIso(call.startedAtMs),
    ...(end === undefined ? {} : { endedAt: toIso(end.endedAtMs) }),
    ...(end === undefined || end.durationMs === null ? {} : { durationMs: end.durationMs }),
    // The contract's example has no cost for a call that cost nothing.
    ...(costMicros === undefined || costMicros === 0n ? {} : { totalCost: microsToJson(costMicros) }),
  }
}
