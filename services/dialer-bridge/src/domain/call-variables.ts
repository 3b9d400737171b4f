import type { Variables } from '@carillon/call-flow/variable'
import type { DialOrder } from '@carillon/contracts/dial-order'

/** What the flow of a call may read: the order's `contact.*`, and what the platform knows of the call. */
export function callVariables({ data: { variables, callId, attempt, maxAttempts } }: DialOrder): Variables {
  return { ...variables, 'sys.callId': callId, 'sys.attempt': attempt, 'sys.maxAttempts': maxAttempts }
}
