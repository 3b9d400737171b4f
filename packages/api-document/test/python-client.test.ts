import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Converter } from '@apiture/openapi-down-convert'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiDocument } from '../src/document.ts'
import { operationsOf } from '../src/openapi.ts'

const run = promisify(execFile)
const { resolve } = createRequire(import.meta.url)
const generator = resolve('@openapitools/openapi-generator-cli/bin/openapi-generator.jar')
const pyright = resolve('pyright/index.js')

const folder = await mkdtemp(join(tmpdir(), 'carillon-python-'))
const document = await apiDocument()

beforeAll(async () => {
  // The generator reads OpenAPI 3.0.
  const older = new Converter(JSON.parse(JSON.stringify(document)), { allOfTransform: true }).convert()
  await writeFile(join(folder, 'openapi.json'), JSON.stringify(older))
  const options = ['--package-name=carillon', '--global-property=models,apis,supportingFiles,modelTests=false,apiTests=false']
  await run('java', ['-jar', generator, 'generate', '--generator-name=python', '--input-spec=openapi.json', '--output=.', ...options], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  })
}, 300_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the Python client that OpenAPI Generator makes of it compiles, and has a method for each operation', async () => {
  const calls = operationsOf(document).map(
    ({ operation }) => `    ${apiOf(operation.tags?.[0] ?? '')}().${snakeCase(operation.operationId)}`,
  )
  expect(calls.length).toBeGreaterThan(50)
  const apis = [...new Set(calls.map((call) => call.slice(4, call.indexOf('('))))]
  await writeFile(
    join(folder, 'use.py'),
    [`from carillon import ${apis.join(', ')}`, 'def use():', ...calls, '    ProgramsApi().lunch_program', ''].join('\n'),
  )
  expect(await problemsIn(['carillon/api', 'carillon/models', 'use.py'])).toEqual([
    expect.stringContaining('Cannot access attribute "lunch_program" for class "ProgramsApi"'),
  ])
}, 300_000)

/** What pyright, a compiler of Python's types, reports about these files. The generator's own runtime and the packages that it needs are not judged. */
async function problemsIn(include: string[]): Promise<string[]> {
  await writeFile(
    join(folder, 'pyrightconfig.json'),
    JSON.stringify({ include, reportMissingImports: false, reportMissingModuleSource: false }),
  )
  const ended = run(process.execPath, [pyright, '--outputjson'], { cwd: folder, maxBuffer: 64 * 1024 * 1024 })
  const { stdout } = await ended.catch((error: { stdout: string }) => error)
  const { generalDiagnostics } = JSON.parse(stdout) as { generalDiagnostics: { severity: string; file: string; message: string }[] }
  return generalDiagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ file, message }) => `${file.slice(folder.length + 1)}: ${message}`)
}

/** The generator's name for the class of a tag. */
function apiOf(tag: string): string {
  return `${tag.replace(/(?:^|[ -])(\w)/g, (_, first: string) => first.toUpperCase())}Api`
}

/** The generator's name for the method of an operation. */
function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
