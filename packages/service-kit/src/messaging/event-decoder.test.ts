import { CallDialed, CallRinging } from '@carillon/contracts/call-events'
import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { eventDecoder } from './event-decoder.ts'

const decode = eventDecoder([CallRinging, CallDialed])
const ringing = {
  id: 'c:3',
  type: 'call.ringing',
  version: 1,
  organizationId: '018f0000-0000-7000-8000-00000000000a',
  time: '2026-01-01T00:00:00.000Z',
  correlationId: 'e',
  causationId: null,
  data: { callId: 'c', seq: 3, executionId: null, jobId: null },
}
const encode = (text: string) => new TextEncoder().encode(text)
const json = (event: object) => encode(JSON.stringify(event))

test('a message that matches the schema of its type is decoded', () => {
  expect(decode('calls.7.call.ringing', json(ringing))).toEqual(ringing)
})

test('a message of another type is skipped without being parsed', () => {
  expect(decode('calls.7.call.ended', encode('not JSON'))).toBeUndefined()
})

test.each([
  ['is not JSON', encode('not JSON')],
  ['is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['lacks a field', json({ ...ringing, data: { callId: 'c', seq: 3, executionId: null } })],
  ['has a number where text is expected', json({ ...ringing, id: 3 })],
  ['has another type than its subject', json({ ...ringing, type: 'call.dialed' })],
  ['has an organization that is not a UUID', json({ ...ringing, organizationId: 'x' })],
])('a message that %s is an error', (_case, data) => {
  expect(() => decode('calls.7.call.ringing', data)).toThrow()
})

test('the error names the field', () => {
  expect(() => decode('calls.7.call.ringing', json({ ...ringing, version: 2 }))).toThrow('/version')
})

test('fields that the schema does not know are tolerated', () => {
  expect(decode('calls.7.call.ringing', json({ ...ringing, added: 'later' }))).toMatchObject({ id: 'c:3' })
})

test('a schema without a literal type is an error', () => {
  expect(() => eventDecoder([Type.Object({ type: Type.String() })])).toThrow('a message schema needs a literal type')
})
