import type { NodeExecuted } from '@carillon/contracts/call-events'
import type { NodeExecutionStat, NodeExecutionStats } from '@carillon/contracts/report'
import { percentage } from '@carillon/money/ratio'
import type { CallCounts } from './attempt-stats.ts'
import type { FlowNode } from './execution.ts'

/** How often the calls of an execution ran a node. */
export interface NodeStats {
  readonly executionId: string
  readonly nodeId: string
  readonly nodeType: string
  readonly nodeLabel: string | null
  /** Calls that ran it at least once. */
  uniqueCalls: number
  totalExecutions: number
}

/** How often callers pressed these digits at a node. */
export interface DigitStats {
  readonly executionId: string
  readonly nodeId: string
  readonly digits: string
  executions: number
}

/** The inputs of a node: the most frequent ones, and how many there were in all. */
export interface DigitBreakdown {
  readonly total: number
  readonly inputs: readonly { readonly digits: string; readonly executions: number }[]
}

/** What the caller pressed; null where it was nothing, or the node does not ask. */
export function digitsPressed({ data }: NodeExecuted): string | null {
  const { digits } = data.data
  return data.nodeType === 'dtmf' && typeof digits === 'string' && digits !== '' ? digits : null
}

/**
 * The report of an execution's nodes: those of its flow in the flow's order, with zeros where no call has
 * come yet; then any other that calls have run.
 */
export function nodeStatsReport(
  flow: readonly FlowNode[],
  stats: readonly NodeStats[],
  digits: ReadonlyMap<string, DigitBreakdown>,
  calls: CallCounts,
): NodeExecutionStats {
  const counted = new Map(stats.map((node) => [node.nodeId, node]))
  const inFlow = new Set(flow.map((node) => node.id))
  const others = stats
    .filter((node) => !inFlow.has(node.nodeId))
    .map((node) => ({ id: node.nodeId, type: node.nodeType, ...(node.nodeLabel === null ? {} : { label: node.nodeLabel }) }))
  return {
    nodes: [...flow, ...others].map((node) => nodeStat(node, counted.get(node.id), digits.get(node.id), calls.started)),
    totalCalls: calls.started,
    completedCalls: calls.flowCompleted,
    completionRate: percentage(calls.flowCompleted, calls.started),
  }
}

function nodeStat(node: FlowNode, stats: NodeStats | undefined, digits: DigitBreakdown | undefined, totalCalls: number): NodeExecutionStat {
  const uniqueCalls = stats?.uniqueCalls ?? 0
  return {
    nodeId: node.id,
    nodeType: node.type,
    ...(node.label === undefined ? {} : { nodeLabel: node.label }),
    uniqueCalls,
    totalExecutions: stats?.totalExecutions ?? 0,
    percentage: percentage(uniqueCalls, totalCalls),
    ...(node.type === 'dtmf' ? digitFields(digits ?? { total: 0, inputs: [] }) : {}),
  }
}

function digitFields({ total, inputs }: DigitBreakdown) {
  return {
    dtmfBreakdown: Object.fromEntries(inputs.map(({ digits, executions }) => [digits, executions])),
    dtmfPercentages: Object.fromEntries(inputs.map(({ digits, executions }) => [digits, percentage(executions, total)])),
  }
}
