import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { identityOf } from './process-identity.ts'

interface TreeProcess {
  pid: number
  /** Tells it from a later process with the same id. */
  identity: string
}

const pollMs = 50

/**
 * Asks a process and everything that it started, directly or not, to stop, and kills after `graceMs` what still runs. A tool may put its children into
 * process groups of their own, so signalling its group is not enough.
 */
export async function stopTree(pid: number, graceMs: number): Promise<void> {
  const tree = treeOf(pid)
  for (const member of tree) send(member, 'SIGTERM')
  const endMs = performance.now() + graceMs
  while (tree.some(isRunning) && performance.now() < endMs) await delay(pollMs)
  // What a member started meanwhile is found as long as the member runs.
  for (const member of tree.filter(isRunning).flatMap((running) => treeOf(running.pid))) send(member, 'SIGKILL')
}

/** The process itself and its descendants. */
function treeOf(pid: number): TreeProcess[] {
  const children = new Map<number, number[]>()
  for (const [child, parent] of process.platform === 'linux' ? linuxParents() : portableParents()) {
    children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const pids = [pid]
  for (const found of pids) pids.push(...(children.get(found) ?? []))
  return pids.flatMap((found) => {
    const identity = identityOf(found)
    return identity === null ? [] : [{ pid: found, identity }]
  })
}

type ChildAndParent = [child: number, parent: number]

/** Read from proc(5): a small image of Linux has no `ps`. */
function linuxParents(): ChildAndParent[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): ChildAndParent[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // The name in brackets may hold anything; after it come the state and the parent.
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
      } catch {
        return [] // it ended in between
      }
    })
}

function portableParents(): ChildAndParent[] {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return listing
    .trim()
    .split('\n')
    .map((line): ChildAndParent => {
      const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
      return [child, parent]
    })
}

function isRunning({ pid, identity }: TreeProcess): boolean {
  return identityOf(pid) === identity
}

function send(member: TreeProcess, signal: NodeJS.Signals): void {
  if (!isRunning(member)) return
  try {
    process.kill(member.pid, signal)
  } catch (error) {
    // It ended in between; EPERM is macOS' answer for a zombie.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
