import { CallDialed, CallRinging } from '@carillon/contracts/call-events'
import { Type } from '@sinclair/typebox'
import { expect, test } from 'vitest'
import { eventDecoder } from './event-decoder.ts'
import { UndecodableError } from './poison.ts'

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
const events = (subject: string, data: Uint8Array) => decode(subject, data).map(({ event }) => event)
const json = (event: object) => encode(JSON.stringify(event))

test('a message that matches the schema of its type is decoded', () => {
  expect(events('calls.7.call.ringing', json(ringing))).toEqual([ringing])
})

test('a message of another type is skipped without being parsed', () => {
  expect(decode('calls.7.call.ended', encode('not JSON'))).toEqual([])
})

test.each([
  ['is not JSON', encode('not JSON')],
  ['is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['lacks a field', json({ ...ringing, data: { callId: 'c', seq: 3, executionId: null } })],
  ['has a number where text is expected', json({ ...ringing, id: 3 })],
  ['has another type than its subject', json({ ...ringing, type: 'call.dialed' })],
  ['has an organization that is not a UUID', json({ ...ringing, organizationId: 'x' })],
])('a message that %s is an error', (_case, data) => {
  expect(decode('calls.7.call.ringing', data)).toMatchObject([{ place: 0, error: expect.any(UndecodableError) }])
})

test('the error names the field', () => {
  const [refused] = decode('calls.7.call.ringing', json({ ...ringing, version: 2 }))
  expect(String(refused?.error)).toContain('/version')
})

test('fields that the schema does not know are tolerated', () => {
  expect(events('calls.7.call.ringing', json({ ...ringing, added: 'later' }))).toMatchObject([{ id: 'c:3' }])
})

test('a schema without a literal type is an error', () => {
  expect(() => eventDecoder([Type.Object({ type: Type.String() })])).toThrow('a message schema needs a literal type')
})

test('a message of many events is decoded line by line: types without a schema are left out, and a broken line spoils no other', () => {
  const { type, id, time, data, ...shared } = ringing
  const own = { type, id, time, data }
  const lines = [shared, own, { ...own, type: 'call.ended' }, { ...own, id: 3 }, { ...own, id: 'c:4' }].map((line) => JSON.stringify(line))
  const decoded = decode('calls.7.call.events', encode([...lines, 'not JSON'].join('\n')))
  expect(decoded.map(({ place, event }) => [place, event])).toEqual([
    [1, ringing],
    [3, undefined],
    [4, { ...ringing, id: 'c:4' }],
    [5, undefined],
  ])
  const letter = decoded[2]?.text() ?? ''
  expect(events('calls.7.call.events', encode(letter))).toEqual([{ ...ringing, id: 'c:4' }])
})
