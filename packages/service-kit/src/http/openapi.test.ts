import fastifySwagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { openApiOptions, withNamedSchemas } from './openapi.ts'
import { requestValidator } from './request-validator.ts'

const Pet = Type.Object({ name: Type.String() }, { $id: 'Pet' })
const OtherPet = Type.Object({ nickname: Type.String() }, { $id: 'Pet' })
const Query = Type.Object({ page: Type.Integer({ default: 1 }), owner: Type.String(), age: Type.Optional(Type.Integer()) })

interface Document {
  info: unknown
  paths: Record<string, Record<string, { parameters?: { name: string; required?: boolean }[]; responses: Record<string, unknown> }>>
  components: { schemas: Record<string, unknown> }
}

async function documentOf(schemas: Record<string, object>): Promise<Document> {
  const app = Fastify()
  app.setValidatorCompiler(requestValidator())
  await app.register(fastifySwagger, openApiOptions('Pets'))
  for (const [url, schema] of Object.entries(schemas)) app.get(url, { schema }, async () => ({}))
  await app.ready()
  return withNamedSchemas(app.swagger()) as Document
}

test('a parameter with a default is not required, the others are as their schema says', async () => {
  const { paths } = await documentOf({ '/pets': { querystring: Query } })
  const parameters = paths['/pets']?.get?.parameters ?? []
  expect(Object.fromEntries(parameters.map(({ name, required }) => [name, required ?? false]))).toEqual({
    page: false,
    owner: true,
    age: false,
  })
})

test('a named schema stands once, in the components', async () => {
  const document = await documentOf({ '/pet': { response: { 200: Pet } }, '/pets': { response: { 200: Type.Array(Pet) } } })
  expect(document.components.schemas.Pet).toMatchObject({ type: 'object', properties: { name: { type: 'string' } } })
  const text = JSON.stringify(document.paths)
  expect(text.match(/#\/components\/schemas\/Pet/g)).toHaveLength(2)
  expect(text).not.toContain('x-schema')
})

test('another schema of the same name stays where it is', async () => {
  const document = await documentOf({ '/a': { response: { 200: Pet } }, '/b': { response: { 200: OtherPet } } })
  expect(JSON.stringify(document.paths['/b'])).toContain('nickname')
  expect(JSON.stringify(document.components)).not.toContain('nickname')
})

test('a schema inside a named one is named too', async () => {
  const Owner = Type.Object({ pets: Type.Array(Pet) }, { $id: 'Owner' })
  const { components } = await documentOf({ '/owner': { response: { 200: Owner } } })
  expect(Object.keys(components.schemas).sort()).toEqual(['ErrorBody', 'FieldProblem', 'Owner', 'Pet'])
  expect(JSON.stringify(components.schemas.Owner)).toContain('"$ref":"#/components/schemas/Pet"')
})

test('the document has the title of the service', async () => {
  expect((await documentOf({})).info).toEqual({ title: 'Pets', version: '1' })
})

test('an operation lists its own errors, those that follow from its schema, and the role that it takes', async () => {
  const app = Fastify()
  await app.register(fastifySwagger, openApiOptions('Pets'))
  const schema = { description: 'Feeds it.', errors: { FlowInUseError: 'The pet sleeps.' }, body: Pet }
  app.post('/pets', { schema, config: { role: 'admin', liveOnly: true } }, async () => ({}))
  app.get('/passed-on', async () => ({}))
  await app.ready()
  const { post } = (withNamedSchemas(app.swagger()) as Document).paths['/pets'] ?? {}
  expect(post).toMatchObject({
    description: 'Feeds it.\n\nTakes the role `admin` or a higher one.',
    responses: {
      400: { description: expect.stringContaining('- `ValidationError`: ') },
      401: { $ref: '#/components/responses/Error401' },
      403: { description: expect.stringContaining('- `TestModeForbiddenError`: ') },
      409: {
        description: '- `FlowInUseError`: The pet sleeps.',
        content: { 'application/json': { examples: { FlowInUseError: { value: { statusCode: 409, error: 'FlowInUseError' } } } } },
      },
      413: expect.anything(),
      415: expect.anything(),
    },
  })
})

test('an error that the API does not have is refused', async () => {
  const app = Fastify()
  await app.register(fastifySwagger, openApiOptions('Pets'))
  app.get('/pets', { schema: { errors: { PetError: 'It bites.' } as object } }, async () => ({}))
  await app.ready()
  expect(() => app.swagger()).toThrow('PetError is no error of the API')
})
