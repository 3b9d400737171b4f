import type { DialOrder } from '@carillon/contracts/dial-order'
import { toIso } from '@carillon/contracts/instant'

const organizationId = '018f0000-0000-7000-8000-00000000000a'
export const executionId = '018f0000-0000-7000-8000-0000000000e1'

/** A dial order. `notAfter` is in the far future unless given. */
export function dialOrder(callId: string, data: Partial<DialOrder['data']> = {}): DialOrder {
  return {
    id: callId,
    type: 'dial',
    version: 1,
    organizationId,
    time: toIso(0),
    correlationId: executionId,
    causationId: null,
    data: {
      callId,
      executionId,
      jobId: null,
      programId: 'program',
      contactId: `contact of ${callId}`,
      attempt: 1,
      maxAttempts: 3,
      from: '+212500000001',
      to: '+212600000001',
      flowId: 'flow',
      flowVersion: 1,
      flowName: 'menu',
      amd: null,
      variables: { 'contact.fullName': 'Amina Idrissi', 'contact.credit': 2500 },
      notAfter: '2999-01-01T00:00:00.000Z',
      ...data,
    },
  }
}
