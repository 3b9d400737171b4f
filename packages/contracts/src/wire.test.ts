import { expect, test } from 'vitest'
import { eventLines, holdsManyEvents } from './wire.ts'

const read = (...lines: string[]) => eventLines(lines.join('\n')).map((event) => event.read())

test('a header holds for the lines that follow, up to the next one; an own field goes before it', () => {
  const events = read(
    '{"type":"a","data":{"n":0}}',
    '{"organizationId":"o","data":{"callId":"c"}}',
    '{"type":"a","data":{"n":1}}',
    '{"type":"b","organizationId":"own"}',
    '{"organizationId":"p"}',
    '{"type":"a","data":{"n":2}}',
    '',
  )
  expect(events).toEqual([
    { type: 'a', data: { n: 0 } },
    { type: 'a', organizationId: 'o', data: { callId: 'c', n: 1 } },
    { type: 'b', organizationId: 'own', data: { callId: 'c' } },
    { type: 'a', organizationId: 'p', data: { n: 2 } },
  ])
})

test('a line that cannot be read spoils no other, and the header with its line is a message that says the same', () => {
  const [first, broken, array, last] = eventLines('{"organizationId":"o"}\n{"type":"a"}\nnot JSON\n[]\n{"type":"b"}')
  expect(() => broken?.read()).toThrow(SyntaxError)
  expect(() => array?.read()).toThrow('the line is not a JSON object')
  expect([first, broken, array, last].map((event) => event?.place)).toEqual([1, 2, 3, 4])
  expect(eventLines(`${last?.header}\n${last?.line}`).map((event) => event.read())).toEqual([{ type: 'b', organizationId: 'o' }])
})

test('the subject tells whether a message holds many events', () => {
  expect(['calls.7.call.events', 'calls.7.call.ended'].map(holdsManyEvents)).toEqual([true, false])
})
