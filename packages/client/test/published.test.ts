import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApi } from './support/api.ts'

const run = promisify(execFile)

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const repositoryBin = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
const path = [dirname(process.execPath), repositoryBin, process.env.PATH].join(delimiter)
const env = { PATH: path, HOME: process.env.HOME }

/** The Node that the tests run on, and those of the machine that the package is for. */
const nodes = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].filter((node) => {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return Number.parseInt(stdout?.slice(1) ?? '', 10) >= 20
})

/** A busy machine takes long to start npm and the compiler. */
const patience = { timeout: 240_000 }

let api: Awaited<ReturnType<typeof startApi>>
let folder: string
let project: string

/** Packs the package as it is published, and installs it into an empty project, without a network. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-client-'))
  project = join(folder, 'project')
  await mkdir(project)
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: packageFolder, env })
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'outside', private: true, type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: project, env })
  await cp(new URL('outside', import.meta.url), project, { recursive: true })

  api = await startApi((app) => {
    app.get('/audiences', async () => ({
      data: [{ name: 'A' }, { name: 'B' }],
      meta: { page: 1, limit: 1000, total: 2, totalPages: 1, nextCursor: null },
    }))
    app.post('/programs/:id/launch', async () => ({ executionId: 'e1' }))
    app.get('/programs/unknown', async (_request, reply) =>
      reply.code(404).send({ statusCode: 404, error: 'ProgramNotFoundError', message: 'Program not found', requestId: 'r' }),
    )
  })
}, patience.timeout)
afterAll(async () => {
  await api?.close()
  await rm(folder, { recursive: true, force: true })
})

test('the package is public, depends on nothing, and says what it needs', async () => {
  const installed = join(project, 'node_modules')
  expect((await readdir(installed)).filter((name) => !name.startsWith('.'))).toEqual(['@carillon'])
  expect(await readdir(join(installed, '@carillon'))).toEqual(['client'])
  const manifest = JSON.parse(await readFile(join(installed, '@carillon/client/package.json'), 'utf8'))
  expect(manifest).not.toHaveProperty('private')
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).toMatchObject({ license: 'MIT', engines: { node: '>=20' } })
  expect((await readdir(join(installed, '@carillon/client'))).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
})

describe('from the packed package', patience, () => {
  test.each(nodes)('a script calls the API, in %s', async (node) => {
    const { stdout } = await run(node, ['use.mjs', api.baseUrl], { cwd: project, env })
    expect(JSON.parse(stdout)).toEqual({ names: ['A', 'B'], executionId: 'e1', isNotFound: true, typesOnly: [] })
  })

  test('a TypeScript file has the right types', async () => {
    const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], module: 'nodenext' }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
    const { stdout } = await run(join(repositoryBin, 'tsc'), ['-p', project], { cwd: project, env }).catch((error) => error)
    expect(stdout).toBe('')
  })
})

test('npm does not pack it, because the exports would lead to sources that are not in the package', async () => {
  const packed = run('npm', ['pack', '--pack-destination', folder], { cwd: packageFolder, env })
  await expect(packed).rejects.toThrow('Pack and publish with pnpm')
})
