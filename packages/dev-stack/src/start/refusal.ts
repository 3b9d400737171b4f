import { UserError } from '../user-error.ts'

const badFile = 2

/** Something is wrong with a file that the person gave: one line, exit code 2. */
export function refusedFile(path: string, reason: string): UserError {
  return new UserError(`${path}: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`, badFile)
}

/** The first of the problems, with its pointer, and how many more there are. */
export function firstProblem(problems: readonly { pointer: string; message: string }[], pointerPrefix = ''): string {
  const [first] = problems
  if (!first) return 'it was refused'
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`
  return `${pointerPrefix}${first.pointer || '/'} ${first.message}${more}`
}
