import { expect, test } from 'vitest'
import { parseAckSubject } from './ack-subject.ts'

test.each([
  ['of nine tokens', '$JS.ACK.CALLS.reader.3.207.12.1764000000000000000.5'],
  ['with domain and account', '$JS.ACK.hub.ACCOUNT.CALLS.reader.3.207.12.1764000000000000000.5.token'],
  ['with an account alone', '$JS.ACK._.ACCOUNT.CALLS.reader.3.207.12.1764000000000000000.5'],
])('a reply subject %s says where the message stands', (_case, reply) => {
  expect(parseAckSubject(reply)).toEqual({ deliveries: 3, streamSequence: 207, consumerSequence: 12, pending: 5 })
})
