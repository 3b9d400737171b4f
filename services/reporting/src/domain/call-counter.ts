import type { CallEvent, NodeExecuted } from '@carillon/contracts/call-events'
import { type AttemptStats, countEnd, noCalls } from './attempt-stats.ts'
import { type DigitStats, digitsPressed, type NodeStats } from './node-stats.ts'

/** What the events of a batch add to the counts of executions. */
export interface AddedCounts {
  readonly attempts: AttemptStats[]
  readonly nodes: NodeStats[]
  readonly digits: DigitStats[]
}

/** Counts events by execution. Calls without an execution are not counted. */
export function callCounter(): { add(event: CallEvent): void; totals(): AddedCounts } {
  const attempts = new Map<string, AttemptStats>()
  const nodes = new Map<string, NodeStats>()
  const digitInputs = new Map<string, DigitStats>()

  function attemptOf(executionId: string, attempt: number): AttemptStats {
    return entryOf(attempts, `${executionId}/${attempt}`, () => ({ executionId, attempt, ...noCalls() }))
  }

  function addNode(executionId: string, event: NodeExecuted): void {
    const { nodeId, nodeType, nodeLabel = null, visit } = event.data
    const node = entryOf(nodes, `${executionId}/${nodeId}`, () => {
      return { executionId, nodeId, nodeType, nodeLabel, uniqueCalls: 0, totalExecutions: 0 }
    })
    node.totalExecutions++
    if (visit === 1) node.uniqueCalls++
    const digits = digitsPressed(event)
    if (digits === null) return
    // Digits contain no slash, so two inputs never share a key, whatever the id of their node is.
    entryOf(digitInputs, `${executionId}/${digits}/${nodeId}`, () => ({ executionId, nodeId, digits, executions: 0 })).executions++
  }

  return {
    add(event) {
      const { executionId } = event.data
      if (executionId === null) return
      if (event.type === 'call.started') attemptOf(executionId, event.data.attempt).started++
      else if (event.type === 'call.ended') countEnd(attemptOf(executionId, event.data.attempt), event.data)
      else if (event.type === 'node.executed') addNode(executionId, event)
    },
    totals: () => ({ attempts: [...attempts.values()], nodes: [...nodes.values()], digits: [...digitInputs.values()] }),
  }
}

function entryOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const found = map.get(key)
  if (found !== undefined) return found
  const entry = create()
  map.set(key, entry)
  return entry
}
