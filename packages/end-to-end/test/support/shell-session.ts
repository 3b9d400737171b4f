import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { repositoryRoot } from '@carillon/dev-stack/repository'

/** What a shell session may take before it is ended. */
export const sessionTimeoutMs = 60_000

/** The shell blocks of a Markdown text, one after the other. */
export function shellBlocksOf(markdown: string): string {
  return [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n')
}

/** A session in which the lines `NAME=…` have these values. */
export function withValues(session: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((script, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm')
    if (!line.test(script)) throw new Error(`the session has no line ${name}=`)
    return script.replace(line, () => `${name}=${value}`)
  }, session)
}

/** Runs lines in bash as if they were typed, in the root of the checkout. */
export async function inBash(script: string): Promise<{ exitCode: number | null; printed: string; errors: string }> {
  const child = spawn('bash', [], { cwd: repositoryRoot, timeout: sessionTimeoutMs })
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.end(script)
  const [printed, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { exitCode, printed, errors }
}

export type Answer = Record<string, unknown>

/** What jq printed: it closes each value with a brace at the start of a line. */
export function valuesIn(printed: string): Answer[] {
  const values = printed.split(/(?<=^\})\n/m).filter((value) => value.trim() !== '')
  return values.map((value) => JSON.parse(value) as Answer)
}

export async function missingPrograms(): Promise<string[]> {
  const found = await Promise.all(
    ['bash', 'curl', 'jq'].map(async (program) => {
      const child = spawn(program, ['--version'], { stdio: 'ignore' })
      return new Promise<string[]>((resolve) => {
        child.once('error', () => resolve([program]))
        child.once('close', () => resolve([]))
      })
    }),
  )
  return found.flat()
}
