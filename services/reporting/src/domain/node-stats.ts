import type { NodeExecuted } from '@carillon/contracts/call-events'
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

/** The most frequent inputs of a node, and the number of all its inputs. */
export interface DigitBreakdown {
  readonly total: number
  readonly inputs: readonly { readonly digits: string; readonly executions: number }[]
}

/** The digits that the caller pressed; null if there were none, or the node does not ask for any. */
export function digitsPressed({ data }: NodeExecuted): string | null {
  const { digits } = data.data
  return data.nodeType === 'dtmf' && typeof digits === 'string' && digits !== '' ? digits : null
}

/** A node of an execution's report. Percentages of nodes relate to all calls, those of inputs to all inputs of the node. */
export interface NodeFigures {
  readonly node: FlowNode
  /** Calls that ran it at least once. */
  readonly uniqueCalls: number
  readonly totalExecutions: number
  readonly percentage: number
  /** Only for a node that asks for digits. */
  readonly inputs?: readonly { readonly digits: string; readonly executions: number; readonly percentage: number }[]
}

export interface NodeReport {
  readonly nodes: readonly NodeFigures[]
  readonly totalCalls: number
  readonly completedCalls: number
  readonly completionRate: number
}

/** The nodes of the execution's flow in the order of the flow, with zeros for a node that no call has reached; then other nodes that calls ran. */
export function nodeReportOf(
  flow: readonly FlowNode[],
  stats: readonly NodeStats[],
  digits: ReadonlyMap<string, DigitBreakdown>,
  calls: CallCounts,
): NodeReport {
  const counted = new Map(stats.map((node) => [node.nodeId, node]))
  const inFlow = new Set(flow.map((node) => node.id))
  const others = stats
    .filter((node) => !inFlow.has(node.nodeId))
    .map((node) => ({ id: node.nodeId, type: node.nodeType, ...(node.nodeLabel === null ? {} : { label: node.nodeLabel }) }))
  return {
    nodes: [...flow, ...others].map((node) => nodeFigures(node, counted.get(node.id), digits.get(node.id), calls.started)),
    totalCalls: calls.started,
    completedCalls: calls.flowCompleted,
    completionRate: percentage(calls.flowCompleted, calls.started),
  }
}

function nodeFigures(node: FlowNode, stats: NodeStats | undefined, digits: DigitBreakdown | undefined, totalCalls: number): NodeFigures {
  const uniqueCalls = stats?.uniqueCalls ?? 0
  return {
    node,
    uniqueCalls,
    totalExecutions: stats?.totalExecutions ?? 0,
    percentage: percentage(uniqueCalls, totalCalls),
    ...(node.type === 'dtmf' ? { inputs: inputFigures(digits) } : {}),
  }
}

function inputFigures({ total, inputs }: DigitBreakdown = { total: 0, inputs: [] }) {
  return inputs.map((input) => ({ ...input, percentage: percentage(input.executions, total) }))
}
