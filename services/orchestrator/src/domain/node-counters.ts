import type { NodeExecuted } from '@carillon/contracts/call-events'
import type { PausedBy } from '@carillon/contracts/execution'
import type { AutoPauseRule } from '@carillon/contracts/program'

/** How often a node with an auto-pause rule has run, over all calls of an execution. */
export interface NodeCounter {
  nodeId: string
  count: number
  /** Its rule has paused the execution. It does not do so again until the counter is reset or the rules are replaced. */
  hasPaused: boolean
}

/** The event that a node has run. `seq` tells it from other runs of the same call. */
export type NodeRun = NodeExecuted

export interface CountedRuns {
  counters: NodeCounter[]
  /** The rule that pauses the execution now, with the count that made it do so. */
  pausedBy: PausedBy | null
}

/** The runs of nodes that have a rule. */
export function runsToCount(rules: readonly AutoPauseRule[], runs: readonly NodeRun[]): NodeRun[] {
  const nodeIds = new Set(rules.map((rule) => rule.nodeId))
  return runs.filter(({ data }) => nodeIds.has(data.nodeId))
}

/**
 * Counts runs in order. The first rule whose threshold is reached pauses a running execution. While the execution is paused its calls go on and are
 * counted: a rule that is reached then pauses at the next run of its node after the resume.
 *
 * @param runs each run once.
 */
export function countRuns(
  before: readonly NodeCounter[],
  rules: readonly AutoPauseRule[],
  runs: readonly NodeRun[],
  isRunning: boolean,
): CountedRuns {
  const thresholds = new Map(rules.map(({ nodeId, threshold }) => [nodeId, threshold]))
  const counters = new Map(before.map((counter) => [counter.nodeId, counter]))
  let pausedBy: PausedBy | null = null
  for (const { data } of runs) {
    const { nodeId } = data
    const threshold = thresholds.get(nodeId)
    if (threshold === undefined) continue
    const { count: earlier, hasPaused } = counters.get(nodeId) ?? { count: 0, hasPaused: false }
    const count = earlier + 1
    const pauses = isRunning && pausedBy === null && !hasPaused && count >= threshold
    if (pauses) pausedBy = { nodeId, threshold, count }
    counters.set(nodeId, { nodeId, count, hasPaused: hasPaused || pauses })
  }
  return { counters: [...counters.values()], pausedBy }
}

/**
 * The counters of a resumed execution. A node without a rule loses its counter.
 *
 * @param rules those that are valid from now on.
 * @param areReplaced whether they are new: each may pause again.
 * @param wasPausedByRule only then counters are reset.
 */
export function countersAfterResume(
  counters: readonly NodeCounter[],
  rules: readonly AutoPauseRule[],
  areReplaced: boolean,
  wasPausedByRule: boolean,
): NodeCounter[] {
  return rules.flatMap(({ nodeId, resetOnResume }) => {
    const counter = counters.find((known) => known.nodeId === nodeId)
    if (!counter || (resetOnResume && wasPausedByRule)) return []
    return [areReplaced ? { ...counter, hasPaused: false } : counter]
  })
}
