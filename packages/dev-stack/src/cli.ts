import { checkCommand, fixCommand } from './check-command.ts'
import { Interrupted, interruption } from './interruption.ts'
import { step } from './step.ts'
import { testCommand, testWatchCommand } from './test-command.ts'
import { UserError } from './user-error.ts'

/** A command gets the arguments after its name and a signal that aborts when it must end; it returns its exit code. */
type Command = (args: string[], signal: AbortSignal) => Promise<number>

const commands: Record<string, Command> = {
  start: async (args, signal) => (await import('./start/start-command.ts')).startCommand(args, signal),
  test: testCommand,
  'test:watch': testWatchCommand,
  dev: async (args, signal) => (await import('./dev/dev-command.ts')).devCommand(args, signal),
  bench: async (args, signal) => (await import('./bench-command.ts')).benchCommand(args, signal),
  check: checkCommand,
  fix: fixCommand,
}

const [name = '', ...args] = process.argv.slice(2)
process.exit(await run(name, args))

async function run(commandName: string, commandArgs: string[]): Promise<number> {
  const command = commands[commandName]
  if (!command) {
    step(`no command "${commandName}"; there are ${Object.keys(commands).join(', ')}`)
    return 2
  }
  try {
    return await command(commandArgs, interruption())
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode
    if (error instanceof UserError) {
      step(error.message)
      return error.exitCode
    }
    step(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return 1
  }
}
