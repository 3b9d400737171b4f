/** Tells when the npm that runs this command has ended. Plain JavaScript: it runs before anything is installed. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

const intervalMs = 1_000

/**
 * Calls `onGone` once when npm has ended, also when it was killed. Between npm and this process there are shells: of npm itself, and the one that
 * starts the pinned Node. A signal that npm alone gets ends there. Outside of npm nothing is watched: a command may outlive the terminal that started it.
 */
export function watchCaller(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return
  const callers = callersUpToNpm()
  const timer = setInterval(() => {
    if (isIntact(callers)) return
    clearInterval(timer)
    onGone()
  }, intervalMs)
  timer.unref()
}

/** The parent, its parent and so on, as long as they are shells; the last one is npm. */
function callersUpToNpm() {
  const callers = [process.ppid]
  for (let caller = process.ppid; isShell(caller); ) {
    caller = parentOf(caller)
    if (caller === undefined) break
    callers.push(caller)
  }
  return callers
}

/** Whether each caller is still the child of the next. The system gives the child of an ended process another parent. */
function isIntact([parent, ...others]) {
  let caller = parent
  if (process.ppid !== parent) return false
  for (const next of others) {
    if (parentOf(caller) !== next) return false
    caller = next
  }
  return true
}

function isShell(pid) {
  const program = process.platform === 'linux' ? linuxProgram(pid) : asked(pid, 'comm')
  return program !== undefined && /^-?(sh|ash|bash|dash|ksh|zsh|busybox)$/.test(basename(program))
}

/** The id of the parent; undefined when there is no such process. */
function parentOf(pid) {
  const parent = process.platform === 'linux' ? linuxParent(pid) : asked(pid, 'ppid')
  return parent === undefined ? undefined : Number(parent)
}

/** From proc(5), as below: a small image of Linux has no `ps`. The name in `stat` would be that of the script, not of the shell. */
function linuxProgram(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return undefined // it has ended, or belongs to somebody else
  }
}

function linuxParent(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything; after it come the state and the parent.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return undefined // it has ended
  }
}

function asked(pid, column) {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return undefined // ps exits with 1 when there is no such process
  }
}
