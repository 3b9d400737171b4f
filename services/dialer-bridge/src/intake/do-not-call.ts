import type { DialOrder } from '@carillon/contracts/dial-order'
import { dialableNumber, maxNumbersPerQuestion, questions } from '@carillon/contracts/questions'
import type { NatsConnection } from '@carillon/service-kit/messaging/nats'
import { ask } from '@carillon/service-kit/messaging/questions'

const listable = new RegExp(dialableNumber)

/** Shorter than an order is left in the queue unacknowledged, so that it comes again in time. */
const answerMs = 2_000

/**
 * The calls whose number must not be called now (contract rule 20). The owner of the list is asked, not a copy of it: an entry counts from the moment at which it was
 * answered. One question for a batch. Rejects if nobody can answer.
 */
export async function suppressedCalls(connection: NatsConnection, orders: readonly DialOrder[]): Promise<Set<string>> {
  const suppressed = new Set<string>()
  // No list holds any other number, and one of them must not spoil the question of the others.
  const asked = orders.filter(({ data }) => listable.test(data.to))
  for (let first = 0; first < asked.length; first += maxNumbersPerQuestion) {
    const part = asked.slice(first, first + maxNumbersPerQuestion)
    const numbers = part.map(({ organizationId, data }) => ({ organizationId, phone: data.to }))
    const { listed } = await ask(connection, questions.doNotCall, { numbers }, answerMs)
    for (const place of listed) suppressed.add(part[place]?.data.callId ?? '')
  }
  return suppressed
}
