import type { RatedNode } from '@carillon/contracts/billing-events'
import { costOf } from '@carillon/money/rating'
import type { EndedCall } from './call.ts'
import type { RateCard } from './rate-card.ts'

/** The cost of a call by node, in the order in which the nodes ran. Nodes of a type without a rate are left out. */
export interface Rating {
  nodes: RatedNode[]
  totalCostMicros: bigint
}

/**
 * Rates a call by the card that was in force when it started (contract rule 11). The dial node is billed from answer to end, every other
 * node for its own duration.
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

/** The nodes that ran. The dial node gets the duration of the call, because in the flow it ends with the answer. */
function billableNodes({ nodes, ending }: EndedCall): BillableNode[] {
  const executedDial = nodes.find((node) => node.nodeType === 'dial')
  const others = nodes.filter((node) => node.nodeType !== 'dial')
  const nodeId = ending.dialNodeId ?? executedDial?.nodeId
  if (nodeId === undefined) return others
  const nodeExecutionIndex = executedDial?.nodeExecutionIndex ?? 1
  return [{ nodeId, nodeType: 'dial', nodeExecutionIndex, durationMs: ending.durationMs }, ...others]
}
