import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { repositoryRoot } from '../repository.ts'
import type { Tree } from './tree.ts'

const maxLines = 300

/** Words for documents that nobody has who clones the repository; the second part says what to write. */
const citations: [RegExp, string][] = [
  [/\bspec(ification)?('s)? (rulings?|formulas?)\b|\brulings? \d/i, 'cite the rule of docs/contract.md, as "contract rule 8"'],
  [/\bthe seeds?'|\bseeds?\/[a-z-]+\.txt|\bin the seeds\b|\bthe seeds\b/i, 'say "the contract\'s", or describe it'],
  [/\bin the architecture\b|(?<!docs\/)\barchitecture\.md\b/i, 'cite docs/architecture.md, or describe it'],
  [/\/work\/(wt|main|shared)\b/, 'a path of one machine means nothing to others'],
]
/** These name the words that they look for. */
const mayCite = /^docs\/|^packages\/dev-stack\/src\/house\//

/** Citations of what is not in the repository, and source files that are too long. */
export function textProblems(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) => [...citationsIn(path, text), ...lengthOf(path, text)])
}

function citationsIn(path: string, text: string): string[] {
  if (mayCite.test(path)) return []
  return text.split('\n').flatMap((line, index) =>
    citations.flatMap(([pattern, advice]) => {
      const found = pattern.exec(line)
      return found ? [`${path}:${index + 1}: "${found[0]}" is not in the repository: ${advice}`] : []
    }),
  )
}

function lengthOf(path: string, text: string): string[] {
  const lines = text.split('\n').length - 1
  return /\.(ts|mjs)$/.test(path) && lines > maxLines
    ? [`${path}:${maxLines + 1}: the file has ${lines} lines, the limit is ${maxLines}: split it by what it holds`]
    : []
}

/** Every package and service has a README and a `test` script. */
export function packageProblems(tree: Tree, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const manifest = tree.get(`${folder}/package.json`)
    if (manifest === undefined) return [`${folder}: there is no package.json`]
    const { scripts = {} } = JSON.parse(manifest) as { scripts?: Record<string, string> }
    return [
      ...(tree.has(`${folder}/README.md`) ? [] : [`${folder}: there is no README.md; say what it owns, its exports and its decisions`]),
      ...(scripts.test
        ? []
        : [`${folder}/package.json: there is no "test" script, so npm test passes the package over; copy another package's`]),
    ]
  })
}

/** Every `npm run x` that a document names is a script of the root, or of the package whose README names it. */
export function scriptProblems(tree: Tree): string[] {
  const scriptsOf = (folder: string) => {
    const manifest = tree.get(join(folder, 'package.json'))
    return manifest ? Object.keys((JSON.parse(manifest) as { scripts?: object }).scripts ?? {}) : []
  }
  return [...tree].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return []
    const known = new Set([...scriptsOf('.'), ...scriptsOf(join(path, '..'))])
    return [...text.matchAll(/\b(?:npm|pnpm) run ([a-z]+(?::[a-z]+)*)/g)].flatMap(([, script = '']) =>
      known.has(script) ? [] : [`${path}: it names the script "${script}", which package.json does not have`],
    )
  })
}

/** The end-to-end tests run after those of every other package: turbo.json lists them. */
export function endToEndProblems(tree: Tree, folders: readonly string[]): string[] {
  const { tasks } = JSON.parse(tree.get('turbo.json') ?? '{"tasks":{}}') as { tasks: Record<string, { dependsOn?: string[] }> }
  const listed = new Set(tasks['@carillon/end-to-end#test']?.dependsOn ?? [])
  return folders
    .map((folder) => `@carillon/${folder.split('/')[1]}#test`)
    .filter((task) => task !== '@carillon/end-to-end#test' && !listed.has(task))
    .map((task) => `turbo.json: "@carillon/end-to-end#test" depends on every other package's tests; "${task}" is missing in its dependsOn`)
}

/** Packages in a cycle of test dependencies name their `sources` by hand; the list must be that of their manifest. */
export function sourcesProblems(tree: Tree): string[] {
  const { tasks } = JSON.parse(tree.get('turbo.json') ?? '{"tasks":{}}') as { tasks: Record<string, { dependsOn?: string[] }> }
  return ['dev-stack', 'service-kit'].flatMap((name) => {
    const { dependencies = {} } = JSON.parse(tree.get(`packages/${name}/package.json`) ?? '{}') as { dependencies?: object }
    const listed = tasks[`@carillon/${name}#sources`]?.dependsOn ?? []
    return Object.keys(dependencies)
      .filter((dependency) => dependency.startsWith('@carillon/') && !listed.includes(`${dependency}#sources`))
      .map(
        (dependency) => `turbo.json: "@carillon/${name}#sources" does not depend on "${dependency}#sources", which its package.json uses`,
      )
  })
}

const kit = 'packages/service-kit'

/** Every variable of a service's configuration stands in its README. Those of all services may stand in the kit's, when the README links there. */
export async function environmentProblems(tree: Tree, folders: readonly string[]): Promise<string[]> {
  const common = new Set(await variablesOf(`${kit}/src/process/config.ts`))
  const kitReadme = tree.get(`${kit}/README.md`) ?? ''
  const problems = await Promise.all(
    folders
      .filter((folder) => folder.startsWith('services/'))
      .map(async (folder) => {
        const readme = tree.get(`${folder}/README.md`) ?? ''
        const own = `${folder}/src/config.ts`
        const names = tree.has(own) ? await variablesOf(own) : [...common]
        const isDocumented = (name: string) =>
          mentions(readme, name) || (common.has(name) && readme.includes(kit) && mentions(kitReadme, name))
        return names
          .filter((name) => !isDocumented(name))
          .map((name) => `${folder}/README.md: the variable ${name} is missing; say its default and its meaning`)
      }),
  )
  return problems.flat()
}

function mentions(text: string, variable: string): boolean {
  return new RegExp(`\\b${variable}\\b`).test(text)
}

async function variablesOf(path: string): Promise<string[]> {
  const exported = (await import(pathToFileURL(join(repositoryRoot, path)).href)) as Record<string, unknown>
  const schemas = Object.entries(exported).flatMap(([name, value]) =>
    name.endsWith('Environment') && isObjectSchema(value) ? [value] : [],
  )
  return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties)))]
}

function isObjectSchema(value: unknown): value is { properties: Record<string, unknown> } {
  return typeof value === 'object' && value !== null && 'properties' in value && typeof value.properties === 'object'
}
