/** What a JetStream server says about a message that it delivers to a consumer. */
export interface Delivery {
  /** How often the consumer has delivered this message: 1, 2, 3… */
  deliveries: number
  streamSequence: number
  /** Counts the deliveries of the consumer: 1, 2, 3… */
  consumerSequence: number
  /** Messages that the consumer had still to deliver after this one. */
  pending: number
}

/**
 * Reads the reply subject of a delivered message:
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>`. Newer servers put a domain and an account
 * before the stream and a random token at the end.
 */
export function parseAckSubject(reply: string): Delivery {
  const tokens = reply.split('.')
  const base = tokens.length > 9 ? 4 : 2
  return {
    deliveries: Number(tokens[base + 2]),
    streamSequence: Number(tokens[base + 3]),
    consumerSequence: Number(tokens[base + 4]),
    pending: Number(tokens[base + 6]),
  }
}
