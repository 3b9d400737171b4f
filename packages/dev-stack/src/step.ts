/** Prints a line on stderr about what the command does; stdout is for its result. */
export function step(message: string): void {
  process.stderr.write(`${message}\n`)
}
