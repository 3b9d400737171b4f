import { expect, test } from 'vitest'
import { eventsOf, plannedCall } from '../../test/support/events.ts'
import { nodeKeysOf, pressedAtKey, pressedKey, ranKey } from './node-keys.ts'

test('a call is found by the nodes that it ran, and by what was pressed there', () => {
  const nodes = [
    { nodeId: 'dial' },
    { nodeId: 'menu', digits: '1' },
    { nodeId: 'menu', digits: '12' },
    { nodeId: 'other', digits: '1' },
    { nodeId: 'dial' },
  ]
  const keys = nodeKeysOf(eventsOf(plannedCall({ nodes })))
  expect(keys.toSorted()).toEqual(
    [
      ...['dial', 'menu', 'other'].map(ranKey),
      ...['1', '12'].map(pressedKey),
      pressedAtKey('menu', '1'),
      pressedAtKey('menu', '12'),
      pressedAtKey('other', '1'),
    ].toSorted(),
  )
})

test('keys hold no control characters, and no key means two things', () => {
  expect(ranKey('a\nb\u001f')).toBe('na?b?')
  expect(new Set([ranKey('1'), pressedKey('1'), pressedAtKey('', '1')]).size).toBe(3)
})
