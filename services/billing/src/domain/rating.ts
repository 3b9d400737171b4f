import type { RatedNode } from '@carillon/contracts/billing-events'
import { costOf } from '@carillon/money/rating'
import type { EndedCall } from './call.ts'
import type { RateCard } from './rate-card.ts'

/** What a call costs, node by node, in the order in which the nodes ran. Node types without a rate are left out. */
export interface Rating {
  nodes: RatedNode[]
  totalCostMicros: bigint
}

/**
 * Rates a call by the card that was in force when it started (contract rule 11): the dial node from answer to end, every other node for
 * as long as it ran.
 */
export function rateCall(call: EndedCall, card: RateCard): Rating {
  const nodes: RatedNode[] = []
  let totalCostMicros = 0n
  for (const { nodeId, nodeType, nodeExecutionIndex, durationMs } of billableNodes(call)) {
    const rate = card.rates.get(nodeType)
    if (!rate) continue
    const { costMicros } = costOf(rate, durationMs)
    totalCostMicros += costMicros
    nodes.push({
      nodeId,
      nodeType,
      nodeExecutionIndex,
      durationMs,
      costMicros: Number(costMicros),
      costPerUnitMicros: Number(rate.costPerUnitMicros),
      unit: rate.unit,
      minDurationMs: rate.minDurationMs,
    })
  }
  return { nodes, totalCostMicros }
}

interface BillableNode {
  nodeId: string
  nodeType: string
  nodeExecutionIndex: number
  durationMs: number | null
}

/** The nodes that ran, with the call's own duration for the dial node: what the flow saw of it ended with the answer. */
function billableNodes({ nodes, ending }: EndedCall): BillableNode[] {
  const executedDial = nodes.find((node) => node.nodeType === 'dial')
  const others = nodes.filter((node) => node.nodeType !== 'dial')
  const nodeId = ending.dialNodeId ?? executedDial?.nodeId
  if (nodeId === undefined) return others
  const nodeExecutionIndex = executedDial?.nodeExecutionIndex ?? 1
  return [{ nodeId, nodeType: 'dial', nodeExecutionIndex, durationMs: ending.durationMs }, ...others]
}
