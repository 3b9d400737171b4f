import type { Variables } from '@carillon/call-flow/variable'
import type { DialOrder } from '@carillon/contracts/dial-order'

/** The variables that the flow of a call may read: the order's `contact.*`, and `sys.*`. */
export function callVariables({ data: { variables, callId, attempt, maxAttempts } }: DialOrder): Variables {
  return { ...variables, 'sys.callId': callId, 'sys.attempt': attempt, 'sys.maxAttempts': maxAttempts }
}
