import { expect, test } from 'vitest'
import { endToEndProblems, packageProblems, scriptProblems, sourcesProblems, textProblems } from './rules.ts'

const tree = (files: Record<string, string>) => new Map(Object.entries(files))

test.for(["// by the seeds' formula", '// spec ruling 8', '// the reasons are in the architecture', '// see /work/main'])(
  'a comment like "%s" is reported with its place',
  (comment) => {
    expect(textProblems(tree({ 'services/a/src/b.ts': `\n${comment}\n` }))).toEqual([expect.stringMatching(/^services\/a\/src\/b\.ts:2: /)])
  },
)

test.for(['// contract rule 8', '// the same seed gives the same calls', '// docs/architecture.md'])(
  '"%s" is no citation from outside',
  (comment) => {
    expect(textProblems(tree({ 'services/a/src/b.ts': comment }))).toEqual([])
  },
)

test('a source file over 300 lines is reported', () => {
  const file = (lines: number) => tree({ 'a.ts': 'x\n'.repeat(lines) })
  expect(textProblems(file(300))).toEqual([])
  expect(textProblems(file(301))).toEqual([expect.stringContaining('301 lines')])
})

test('a package without README or test script is reported', () => {
  expect(packageProblems(tree({ 'packages/a/package.json': '{}' }), ['packages/a'])).toEqual([
    expect.stringContaining('README.md'),
    expect.stringContaining('"test" script'),
  ])
})

test('a script that a document names and nobody has is reported', () => {
  const files = { 'package.json': '{"scripts":{"check":"x"}}', 'a/package.json': '{"scripts":{"rebuild":"x"}}' }
  expect(scriptProblems(tree({ ...files, 'a/README.md': 'npm run check, npm run rebuild' }))).toEqual([])
  expect(scriptProblems(tree({ ...files, 'README.md': 'npm run rebuild' }))).toEqual([expect.stringContaining('"rebuild"')])
})

test('a package that the end-to-end tests do not wait for is reported', () => {
  const turbo = JSON.stringify({ tasks: { '@carillon/end-to-end#test': { dependsOn: ['@carillon/a#test'] } } })
  const files = tree({ 'turbo.json': turbo })
  expect(endToEndProblems(files, ['packages/a', 'packages/end-to-end'])).toEqual([])
  expect(endToEndProblems(files, ['services/b'])).toEqual([expect.stringContaining('@carillon/b#test')])
})

test('a dependency whose sources turbo.json does not list is reported', () => {
  const files = { 'packages/dev-stack/package.json': '{"dependencies":{"@carillon/money":"workspace:*","postgres":"1"}}' }
  const listing = (dependsOn: string[]) => JSON.stringify({ tasks: { '@carillon/dev-stack#sources': { dependsOn } } })
  expect(sourcesProblems(tree({ ...files, 'turbo.json': listing(['@carillon/money#sources']) }))).toEqual([])
  expect(sourcesProblems(tree({ ...files, 'turbo.json': listing([]) }))).toEqual([expect.stringContaining('@carillon/money#sources')])
})
