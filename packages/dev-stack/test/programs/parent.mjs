// Starts a child that runs until it is killed, says its id, and ends at the first request without passing it on.
// With a second argument the child has a process group of its own.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore', detached: process.argv[3] === 'detached' })
writeFileSync(process.argv[2], String(child.pid))
setInterval(() => {}, 1_000)
