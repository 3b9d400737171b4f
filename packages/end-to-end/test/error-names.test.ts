import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiErrorNames } from '@carillon/client/error-names'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { expect, test } from 'vitest'

/** Names of errors that no answer has: they stop a process, or only other code of the service sees them. */
const internal = /name = '\w+'/g

test('the client knows every name that the services give to an error, and no other', () => {
  const files = globSync(['services/*/src/**/*.ts', 'packages/service-kit/src/**/*.ts'], { cwd: repositoryRoot })
  const sources = files.filter((path) => !path.endsWith('.test.ts')).map((path) => readFileSync(join(repositoryRoot, path), 'utf8'))
  const names = sources.flatMap((text) =>
    [...text.replaceAll(internal, '').matchAll(/'([A-Z]\w+(?:Error|Exception))'/g)].map(([, name]) => name),
  )
  expect([...new Set(names)].sort()).toEqual([...apiErrorNames])
})
