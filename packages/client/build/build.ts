import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { typesWrittenOut } from './contract-types.ts'

/**
 * Builds `dist`: JavaScript modules and declarations that need no other package. `contract.ts` is the only source that imports from
 * outside; a file in which its types are written out takes its place.
 */
const folder = fileURLToPath(new URL('..', import.meta.url))
const sources = globSync('src/**/*.ts', { cwd: folder, exclude: (path) => path.endsWith('.test.ts') }).map((path) => join(folder, path))
const contractPath = join(folder, 'src/contract.ts')

const { config } = ts.readConfigFile(join(folder, '../../tsconfig.base.json'), ts.sys.readFile)
const { options: base } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder)
const options: ts.CompilerOptions = {
  ...base,
  target: ts.ScriptTarget.ES2022,
  rootDir: join(folder, 'src'),
  outDir: join(folder, 'dist'),
  declaration: true,
  rewriteRelativeImportExtensions: true,
  noEmit: false,
  noEmitOnError: true,
  incremental: false,
}
// It belongs to the check of the whole repository, and may not stand without `incremental`.
delete options.tsBuildInfoFile

const derived = ts.createProgram({ rootNames: [contractPath], options: { ...options, noEmit: true, rootDir: join(folder, '../..') } })
const contract = derived.getSourceFile(contractPath)
if (contract === undefined) throw new Error(`${contractPath} is missing`)
const contractText = typesWrittenOut(derived, contract)

const host = ts.createCompilerHost(options)
const getSourceFile = host.getSourceFile.bind(host)
host.getSourceFile = (path, languageVersion, ...rest) =>
  path === contractPath ? ts.createSourceFile(path, contractText, languageVersion, true) : getSourceFile(path, languageVersion, ...rest)
const program = ts.createProgram({ rootNames: sources, options, host })

rmSync(join(folder, 'dist'), { recursive: true, force: true })
const { diagnostics } = program.emit(undefined, (path, text) => {
  mkdirSync(dirname(path), { recursive: true })
  // The compiler rewrites the extensions of imports in JavaScript only.
  writeFileSync(path, path.endsWith('.d.ts') ? text.replaceAll(/(['"]\.\/[\w-]+)\.ts(?=['"])/g, '$1.js') : text)
})
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
const formatHost = { getCanonicalFileName: (path: string) => path, getCurrentDirectory: () => folder, getNewLine: () => '\n' }
if (problems.length > 0) {
  process.stderr.write(ts.formatDiagnostics(problems, formatHost))
  process.exitCode = 1
} else {
  process.stdout.write(`${relative(process.cwd(), join(folder, 'dist'))}: ${sources.length} modules\n`)
}
