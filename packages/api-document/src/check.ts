import { apiDocument } from './document.ts'
import { lint } from './lint.ts'
import { operationsOf } from './openapi.ts'
import { gapsIn } from './rules.ts'

/** Checks the OpenAPI document: prints each problem, and ends with exit code 1 when there is one. */
const document = await apiDocument()
const problems = [...(await lint(document)), ...gapsIn(document)]
for (const problem of problems) process.stdout.write(`${problem}\n`)
process.stdout.write(`${operationsOf(document).length} operations, ${problems.length} problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
