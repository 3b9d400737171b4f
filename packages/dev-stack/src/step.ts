/** Says on stderr, in one line, what set-up is doing; stdout is left to the command's own answer. */
export function step(message: string): void {
  process.stderr.write(`${message}\n`)
}
