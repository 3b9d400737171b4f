import type { FlowEnd } from '@carillon/call-flow/flow-end'

/** Why an answered call ended, as a text for people. */
export function reasonOfAnswered(end: FlowEnd | null): string {
  if (!end) return 'The call ended before its flow'
  switch (end.reason) {
    case 'finished':
      return end.detail ? `Flow completed: ${end.detail}` : 'Flow completed successfully'
    case 'callee_hung_up':
      return 'The callee hung up before the flow had ended'
    case 'stopped':
      return end.detail ?? 'The call was given up'
    case 'media_failed':
      return 'An audio could not be played or recorded'
    case 'carrier_failed':
      return end.detail ? `The carrier ended the call: ${end.detail}` : 'The carrier ended the call'
    case 'node_limit':
      return 'The flow ran in circles and was ended'
    case 'no_answer':
    case 'busy':
    case 'rejected':
    case 'failed':
      return end.detail ?? 'Nobody answered'
  }
}
