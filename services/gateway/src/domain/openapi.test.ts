import { expect, test } from 'vitest'
import { type OpenApiPart, type PublicPart, publicDocument } from './openapi.ts'

const anywhere = () => true
const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const answer = (schema: object) => ({
  responses: { 200: { description: 'Default Response', content: { 'application/json': { schema } } } },
})
const part = (service: string, paths: object, schemas: object): PublicPart => ({
  service,
  part: { paths, components: { schemas } } as OpenApiPart,
  answers: anywhere,
})
const schemasOf = (document: object) => (document as { components: { schemas: object } }).components.schemas

const errorBody = { type: 'object' }

test('a schema that two services share stands there once', () => {
  const scalar = { type: 'string' }
  const document = publicDocument({
    parts: [
      part('one', { '/a': { get: answer(refTo('Shared')) } }, { Shared: scalar, ErrorBody: errorBody }),
      part('two', { '/b': { get: answer(refTo('Shared')) } }, { Shared: scalar }),
    ],
    missing: [],
  })
  expect(schemasOf(document)).toEqual({ ErrorBody: errorBody, Shared: scalar })
})

test('where two services mean different things by a name, both stand there, and each is referred to as it was meant', () => {
  const document = publicDocument({
    parts: [
      part('one', { '/a': { get: answer(refTo('Tree')) } }, { Tree: { type: 'string' } }),
      part(
        'two',
        { '/b': { get: answer(refTo('Forest')) } },
        { Tree: { type: 'array', items: refTo('Tree') }, Forest: { items: refTo('Tree') } },
      ),
    ],
    missing: [],
  })
  expect(schemasOf(document)).toEqual({
    Tree: { type: 'string' },
    'two.Tree': { type: 'array', items: refTo('two.Tree') },
    Forest: { items: refTo('two.Tree') },
  })
})

test('a path that a service is not asked for from outside is left out, and so is what only that refers to', () => {
  const internal = { ...part('one', { '/a': { get: answer(refTo('A')) }, '/internal/b': { get: answer(refTo('B')) } }, { A: {}, B: {} }) }
  const document = publicDocument({ parts: [{ ...internal, answers: (path) => path === '/a' }], missing: [] })
  expect(Object.keys(document.paths ?? {})).toEqual(['/a'])
  expect(schemasOf(document)).toEqual({ A: {} })
})

test('an operation has an id, and an answer that nobody described is described by its status', () => {
  const responses = { 201: { description: 'Default Response' }, 404: { description: 'No such program' } }
  const document = publicDocument({
    parts: [part('one', { '/programs/{id}/launch': { post: { tags: ['Executions'], responses } } }, {})],
    missing: [],
  })
  expect(document.paths).toMatchObject({
    '/programs/{id}/launch': {
      post: {
        operationId: 'postProgramsIdLaunch',
        tags: ['Executions'],
        responses: { 201: { description: 'Created' }, 404: { description: 'No such program' }, 503: expect.anything() },
      },
    },
  })
})
