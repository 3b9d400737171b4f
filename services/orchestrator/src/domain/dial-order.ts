import { maxAttempts } from '@carillon/calling-time/retry'
import type { DialOrder } from '@carillon/contracts/dial-order'
import { testFlag } from '@carillon/contracts/identity'
import { toIso } from '@carillon/contracts/instant'
import type { ExecutionPlan } from './execution.ts'

type Scalar = string | number | boolean | null

/** A contact as it was at launch. */
export interface ContactSnapshot {
  contactId: string
  phone: string
  firstName: string | null
  lastName: string | null
  attributes: Record<string, Scalar>
}

export interface OrderedCall {
  callId: string
  attempt: number
  didNumber: string
  notBeforeMs: number
  notAfterMs: number
}

/**
 * The order to place a contact's next call. It depends on the arguments alone, so an order that is sent again is the same message. Its time is
 * the one in the call id (RFC 9562, version 7).
 */
export function dialOrder(plan: ExecutionPlan, contact: ContactSnapshot, call: OrderedCall): DialOrder {
  return {
    id: call.callId,
    type: 'dial',
    version: 1,
    organizationId: plan.organizationId,
    time: timeOf(call.callId),
    correlationId: plan.id,
    causationId: null,
    data: {
      callId: call.callId,
      executionId: plan.id,
      jobId: null,
      programId: plan.programId,
      contactId: contact.contactId,
      attempt: call.attempt,
      maxAttempts: maxAttempts(plan.retryStrategy),
      from: call.didNumber,
      to: contact.phone,
      flowId: plan.flowId,
      flowVersion: plan.flowVersion,
      flowName: plan.flowName,
      amd: plan.amd,
      variables: variablesOf(contact),
      notBefore: toIso(call.notBeforeMs),
      notAfter: toIso(call.notAfterMs),
      ...testFlag(plan.isTest),
    },
  }
}

/** The time in a UUID of version 7. */
export function timeOf(callId: string): string {
  return toIso(Number.parseInt(callId.slice(0, 8) + callId.slice(9, 13), 16))
}

/** What a flow reads of a contact. */
export function variablesOf({ contactId, phone, firstName, lastName, attributes }: ContactSnapshot): Record<string, Scalar> {
  const variables: Record<string, Scalar> = {
    'contact.id': contactId,
    'contact.phone': phone,
    'contact.firstName': firstName,
    'contact.lastName': lastName,
    'contact.fullName': [firstName, lastName].filter(Boolean).join(' '),
  }
  for (const [slug, value] of Object.entries(attributes)) variables[`contact.customAttributes.${slug}`] = value
  return variables
}
