import { workspaceFolders } from '../workspace.ts'
import { endToEndProblems, environmentProblems, packageProblems, scriptProblems, sourcesProblems, textProblems } from './rules.ts'
import { readTree } from './tree.ts'

/**
 * The rules of the house that no linter knows, over all files of the repository: `npm run check:house` prints each problem as
 * `path:line: what is wrong` and ends with exit code 1 when there is one.
 */
const tree = readTree()
const folders = workspaceFolders()
const problems = [
  ...textProblems(tree),
  ...packageProblems(tree, folders),
  ...scriptProblems(tree),
  ...endToEndProblems(tree, folders),
  ...sourcesProblems(tree),
  ...(await environmentProblems(tree, folders)),
]
for (const problem of problems) process.stdout.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
