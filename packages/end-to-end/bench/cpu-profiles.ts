import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@carillon/dev-stack/repository'

interface CallFrame {
  functionName: string
  url: string
  lineNumber: number
}
interface ProfileNode {
  id: number
  callFrame: CallFrame
  children?: number[]
}
/** What `node --cpu-prof` writes: samples are ids of nodes, `timeDeltas` microseconds before each. */
interface CpuProfile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
}

/** Shares are of the time when the process was not idle. */
export interface ProfileSummary {
  service: string
  top: { share: number; where: string }[]
}

/** Where each service spent its processor time, by function and by module, from the profiles in a folder. */
export function summarizeProfiles(dir: string, listed: number): ProfileSummary[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.cpuprofile'))
  return files.map((file) => summarize(JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile, listed))
}

function summarize({ nodes, samples, timeDeltas }: CpuProfile, listed: number): ProfileSummary {
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const selfMicros = new Map<string, number>()
  let busyMicros = 0
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    if (!frame || frame.functionName === '(idle)' || frame.functionName === '(program)') continue
    const micros = timeDeltas[index] ?? 0
    const where = placeOf(frame)
    busyMicros += micros
    selfMicros.set(where, (selfMicros.get(where) ?? 0) + micros)
  }
  const top = [...selfMicros].sort(([, a], [, b]) => b - a).slice(0, listed)
  return {
    service: nodes.map((node) => /services\/([^/]+)\/src\/main\.ts/.exec(node.callFrame.url)?.[1]).find(Boolean) ?? 'unknown',
    top: top.map(([where, micros]) => ({ where, share: micros / busyMicros })),
  }
}

function placeOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  const path = url.replace('file://', '').replace(`${repositoryRoot}/`, '')
  return `${name} ${path.replace(/node_modules\/\.pnpm\/[^/]+\//, '')}:${lineNumber + 1}`
}
