import type { CallEvent } from '@carillon/contracts/call-events'
import { type AttemptStats, callCountNames, countEnd, noCalls } from './attempt-stats.ts'
import type { Change, Figures } from './figures.ts'
import { digitsPressed, type NodeStats } from './node-stats.ts'

/*
 * The figures of calls. A key is a JSON array that begins with the kind of the figure:
 *
 *   ["attempt", 1]               the counts of CallCounts, in the order of callCountNames
 *   ["node", id, type, label]    calls that ran the node, executions
 *   ["digits", node id, digits]  executions of the node with this input
 */

type Added = Pick<Change, 'key' | 'add'>

/** What an event adds to the figures of its execution. */
export function callChanges(event: CallEvent): Added[] {
  switch (event.type) {
    case 'call.started':
      return [{ key: attemptKey(event.data.attempt), add: oneStarted }]
    case 'call.ended': {
      const counts = noCalls()
      countEnd(counts, event.data)
      return [{ key: attemptKey(event.data.attempt), add: callCountNames.map((name) => counts[name]) }]
    }
    case 'node.executed': {
      const { nodeId, nodeType, nodeLabel = null, visit } = event.data
      const run = { key: JSON.stringify(['node', nodeId, nodeType, nodeLabel]), add: visit === 1 ? firstRun : furtherRun }
      const digits = digitsPressed(event)
      return digits === null ? [run] : [run, { key: JSON.stringify(['digits', nodeId, digits]), add: one }]
    }
    default:
      return []
  }
}

const one = [1]
const firstRun = [1, 1]
const furtherRun = [0, 1]
const oneStarted = callCountNames.map((name) => (name === 'started' ? 1 : 0))
const startedIndex = callCountNames.indexOf('started')

const attemptKey = (attempt: number) => `["attempt",${attempt}]`

/** Whether the change is the start or the end of a call: what contacts follow. */
export const isStartOrEnd = ({ key }: Added) => key.startsWith('["attempt",')

/** Whether the change is the end of a call: what billing follows. */
export const isEnd = (change: Added) => isStartOrEnd(change) && change.add[startedIndex] === 0

/** Whether the figure can have as many keys as there are calls. */
export const isDigits = (key: string) => key.startsWith('["digits",')

export function attemptStatsOf(executionId: string, figures: Figures): AttemptStats[] {
  return entriesOf(figures, 'attempt').map(([[attempt], sums]) => {
    const counts = noCalls()
    for (const [index, name] of callCountNames.entries()) counts[name] = sums[index] ?? 0
    return { executionId, attempt: Number(attempt), ...counts }
  })
}

/** In the order of their ids. */
export function nodeStatsOf(executionId: string, figures: Figures): NodeStats[] {
  return entriesOf(figures, 'node')
    .map(([[nodeId, nodeType, nodeLabel], [uniqueCalls = 0, totalExecutions = 0]]) => {
      return {
        executionId,
        nodeId: String(nodeId),
        nodeType: String(nodeType),
        nodeLabel: textOrNull(nodeLabel),
        uniqueCalls,
        totalExecutions,
      }
    })
    .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
}

export interface DigitCount {
  readonly nodeId: string
  readonly digits: string
  readonly executions: number
}

export function digitCountsOf(figures: Figures): DigitCount[] {
  return entriesOf(figures, 'digits').map(([[nodeId, digits], [executions = 0]]) => {
    return { nodeId: String(nodeId), digits: String(digits), executions }
  })
}

type KeyPart = string | number | null

function entriesOf(figures: Figures, kind: string): [key: KeyPart[], sums: readonly number[]][] {
  const entries: [KeyPart[], readonly number[]][] = []
  for (const [key, sums] of figures) {
    if (!key.startsWith(`["${kind}",`)) continue
    const [, ...parts] = JSON.parse(key) as KeyPart[]
    entries.push([parts, sums])
  }
  return entries
}

function textOrNull(part: KeyPart | undefined): string | null {
  return part === undefined || part === null ? null : String(part)
}
