import { apiErrorNames } from '@carillon/client/error-names'
import { apiErrors } from '@carillon/contracts/api-errors'
import openapiTypeScript, { astToString, type OpenAPI3 } from 'openapi-typescript'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { apiDocument } from '../src/document.ts'
import { lint } from '../src/lint.ts'
import { gapsIn } from '../src/rules.ts'

const document = await apiDocument()

test('the table of errors has the names that the client knows', () => {
  expect(Object.keys(apiErrors).sort()).toEqual([...apiErrorNames].sort())
})

test('Redocly reports an operation without a summary', async () => {
  const changed = structuredClone(document)
  const { get } = changed.paths['/programs/{id}'] ?? {}
  if (!get) throw new Error('the document has no GET /programs/{id}')
  delete get.summary
  expect(await lint(changed)).toEqual([expect.stringContaining('operation-summary at #/paths/~1programs~1{id}/get')])
})

test('a property without a description, an operation without a name and an error without a route are reported with what to do', () => {
  const changed = structuredClone(document)
  const operation = changed.paths['/programs/{id}/launch']?.post
  const { properties } = changed.components.schemas.Contact ?? {}
  if (!operation || !properties?.phone) throw new Error('the document has no launch or no contact')
  operation.operationId = 'postProgramsIdLaunch'
  delete operation.responses['400']
  delete properties.phone.description
  expect(gapsIn(changed)).toEqual([
    expect.stringMatching(/^POST \/programs\/\{id\}\/launch: add `operationId`/),
    expect.stringMatching(/^Contact\.phone: give it a `description`/),
    expect.stringMatching(/^AudienceEmptyError: add it to the `errors`/),
    expect.stringMatching(/^EmptyDidPoolError: /),
    expect.stringMatching(/^ExecutionAlreadyRunningError: /),
  ])
})

test('the types that openapi-typescript makes of it compile, and know the type of a node’s config', async () => {
  const types = astToString(await openapiTypeScript(JSON.parse(JSON.stringify(document)) as OpenAPI3))
  const use = `
    import type { components, operations } from './api.ts'
    export const node: components['schemas']['FlowNode'] = { id: 'dial', type: 'dial', config: { timeoutMs: 20_000 } }
    export type Launched = operations['launchProgram']['responses'][201]['content']['application/json']['executionId']
    export const launched: Launched = 'id'
    // @ts-expect-error a dial node has no media
    export const wrong: components['schemas']['DialNode'] = { id: 'dial', type: 'dial', config: { media: 'x' } }`
  expect(compile({ 'api.ts': types, 'use.ts': use })).toEqual([])
}, 60_000)

/** What the compiler reports about these files. */
function compile(files: Record<string, string>): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
  }
  const host = ts.createCompilerHost(options)
  const textOf = (path: string) => files[path.slice(path.lastIndexOf('/') + 1)]
  const { getSourceFile, fileExists, readFile } = host
  host.getSourceFile = (path, version, ...rest) => {
    const text = textOf(path)
    return text === undefined ? getSourceFile.call(host, path, version, ...rest) : ts.createSourceFile(path, text, version)
  }
  host.fileExists = (path) => textOf(path) !== undefined || fileExists.call(host, path)
  host.readFile = (path) => textOf(path) ?? readFile.call(host, path)
  const program = ts.createProgram({ rootNames: Object.keys(files).map((name) => `/${name}`), options, host })
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
