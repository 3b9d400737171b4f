// Runs a shell line like npm does: through a shell, with npm's variable, and without passing on the signals that it gets itself.
import { spawn } from 'node:child_process'

const child = spawn('/bin/sh', ['-c', `${process.argv[2]}; exit $?`], {
  stdio: 'inherit',
  env: { ...process.env, npm_lifecycle_event: 'start' },
})
child.on('exit', () => process.exit())
