import { UserError } from '../user-error.ts'

const badFile = 2
const shown = 20

export interface Problem {
  /** Where in the file, as a JSON pointer. */
  pointer: string
  message: string
}

/** Something is wrong with a file that the person gave: one line, exit code 2. */
export function refusedFile(path: string, reason: string): UserError {
  return new UserError(`${path}: ${oneLine(reason)}`, badFile)
}

/** Everything that is wrong with a file; one line if that is one thing, else a line for each. `what` says what the file is not. */
export function refusedContent(path: string, what: string, problems: readonly Problem[]): UserError {
  const lines = problems.map(({ pointer, message }) => oneLine(`${pointer || '/'} ${message}`))
  if (lines.length === 1) return refusedFile(path, `${what}: ${lines[0]}`)
  const more = lines.length > shown ? [`and ${lines.length - shown} more`] : []
  return new UserError([`${path}: ${what}:`, ...[...lines.slice(0, shown), ...more].map((line) => `  ${line}`)].join('\n'), badFile)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
