import { expect, test } from 'vitest'
import { withGuides } from './guided-document.ts'

const guides = [{ name: 'A first program', description: 'Make a program.' }]

test('guides stand before the reference, in a group of their own', () => {
  expect(withGuides({ openapi: '3.1.0', tags: [{ name: 'Programs' }] }, guides)).toEqual({
    openapi: '3.1.0',
    tags: [...guides, { name: 'Programs' }],
    'x-tagGroups': [
      { name: 'Guides', tags: ['A first program'] },
      { name: 'Reference', tags: ['Programs'] },
    ],
  })
})

test('the document’s own groups follow the guides', () => {
  const groups = [{ name: 'Calling', tags: ['Programs'] }]
  expect(withGuides({ tags: [{ name: 'Programs' }], 'x-tagGroups': groups }, guides)['x-tagGroups']).toEqual([
    { name: 'Guides', tags: ['A first program'] },
    ...groups,
  ])
})
