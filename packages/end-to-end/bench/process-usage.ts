import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** A process to be measured; with `family`, its children count as parts of it. */
export interface Measured {
  name: string
  pid: number
  family: boolean
}

export interface Usage {
  name: string
  cpuSeconds: number
  peakBytes: number
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const sampleMs = 500

/**
 * Measures processes from now until `stop`: processor time, and the most memory that each held. A process' own peak comes from the kernel (`VmHWM`);
 * that of a family, which shares memory, from samples: what each has for itself, plus once what they share. Linux only.
 */
export function measure(processes: readonly Measured[]): { stop(): Usage[] } {
  for (const { pid, family } of processes) if (!family) resetPeak(pid)
  const before = processes.map(cpuSecondsOf)
  const peaks = processes.map(heldBytes)
  const timer = setInterval(() => {
    for (const [index, measured] of processes.entries()) peaks[index] = Math.max(peaks[index] ?? 0, heldBytes(measured))
  }, sampleMs)
  return {
    stop() {
      clearInterval(timer)
      return processes.map((measured, index) => ({
        name: measured.name,
        cpuSeconds: cpuSecondsOf(measured) - (before[index] ?? 0),
        peakBytes: Math.max(peaks[index] ?? 0, heldBytes(measured)),
      }))
    },
  }
}

/** Resets `VmHWM` to what the process holds now: proc(5), clear_refs. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function heldBytes({ pid, family }: Measured): number {
  if (!family) return statusOf(pid).get('VmHWM') ?? 0
  const members = [pid, ...childrenOf(pid)].map(statusOf)
  const own = members.map((status) => status.get('RssAnon') ?? 0)
  return own.reduce((sum, bytes) => sum + bytes, 0) + Math.max(...members.map((status) => status.get('RssShmem') ?? 0))
}

/** User and system time; for a family also that of its living and ended children. */
function cpuSecondsOf({ pid, family }: Measured): number {
  const [user = 0, system = 0, userOfGone = 0, systemOfGone = 0] = timesOf(pid)
  if (!family) return (user + system) / ticksPerSecond
  const children = childrenOf(pid).map((child) => timesOf(child).slice(0, 2))
  const ticks = [user, system, userOfGone, systemOfGone, ...children.flat()]
  return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond
}

/** utime, stime, cutime, cstime: fields 14 to 17 of proc(5) stat, counted after the name, which may contain blanks. */
function timesOf(pid: number): number[] {
  const stat = readOrNothing(`/proc/${pid}/stat`)
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number)
}

function childrenOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).map((task) => readOrNothing(`/proc/${pid}/task/${task}/children`))
  return children.join(' ').split(' ').filter(Boolean).map(Number)
}

/** The sizes in /proc/<pid>/status, in bytes. */
function statusOf(pid: number): Map<string, number> {
  const lines = readOrNothing(`/proc/${pid}/status`).split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [, name, kilobytes] = /^(\w+):\s+(\d+) kB$/.exec(line) ?? []
      return name ? [[name, Number(kilobytes) * 1024] as const] : []
    }),
  )
}

/** Empty for a process that has ended in the meantime. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
