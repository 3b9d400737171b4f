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

test('a schema that two services share is in the document once', () => {
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

test('two different schemas of one name are both in the document, and each service’s references lead to its own', () => {
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

test('a path that is not public is left out, and so are the schemas that only it refers to', () => {
  const internal = { ...part('one', { '/a': { get: answer(refTo('A')) }, '/internal/b': { get: answer(refTo('B')) } }, { A: {}, B: {} }) }
  const document = publicDocument({ parts: [{ ...internal, answers: (path) => path === '/a' }], missing: [] })
  expect(Object.keys(document.paths ?? {})).toEqual(['/a'])
  expect(schemasOf(document)).toEqual({ A: {} })
})

test('an operation has an id, and a response without a description is described by its status', () => {
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

test('the headers that choose the organization and the mode are described with the credentials', () => {
  const { components, security } = publicDocument({ parts: [], missing: [] }) as {
    components: { securitySchemes: Record<string, object> }
    security: Record<string, unknown>[]
  }
  expect(components.securitySchemes.mode).toMatchObject({ in: 'header', name: 'X-Mode' })
  expect(security.flatMap((each) => Object.keys(each)).filter((name) => !(name in components.securitySchemes))).toEqual([])
})
