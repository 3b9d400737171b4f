import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'

/** Text files of the repository by path from its root. */
export type Tree = ReadonlyMap<string, string>

const textFiles = [
  '**/*.{ts,mjs,cjs,md,json,yml,yaml,sql,grit}',
  '.ci/*',
  '.github/**/*.yml',
  '.vscode/*.json',
  '.biome/*.grit',
  '.*.json',
  '.*.cjs',
]
const skipped = new Set(['node_modules', '.git', '.turbo', '.carillon', 'coverage', 'dist'])

/** The files as they lie there; no git is asked, so the check works in a folder that is no checkout. */
export function readTree(): Tree {
  const paths = globSync(textFiles, { cwd: repositoryRoot, exclude: (path) => skipped.has(path.split('/').at(-1) ?? '') })
  return new Map([...new Set(paths)].sort().map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')]))
}
