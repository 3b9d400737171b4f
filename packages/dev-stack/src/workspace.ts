import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'

/** The folders of all packages and services, as `packages/money`, in a fixed order. */
export function workspaceFolders(): string[] {
  return ['packages', 'services'].flatMap((parent) =>
    readdirSync(join(repositoryRoot, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`)
      .sort(),
  )
}
