import type { NodeExecutionStat, NodeExecutionStats } from '@carillon/contracts/report'
import type { NodeFigures, NodeReport } from '../domain/node-stats.ts'

export function nodeStatsResponse({ nodes, ...totals }: NodeReport): NodeExecutionStats {
  return { nodes: nodes.map(nodeResponse), ...totals }
}

function nodeResponse({ node, inputs, ...figures }: NodeFigures): NodeExecutionStat {
  return {
    nodeId: node.id,
    nodeType: node.type,
    ...(node.label === undefined ? {} : { nodeLabel: node.label }),
    ...figures,
    ...(inputs === undefined
      ? {}
      : {
          dtmfBreakdown: Object.fromEntries(inputs.map(({ digits, executions }) => [digits, executions])),
          dtmfPercentages: Object.fromEntries(inputs.map(({ digits, percentage }) => [digits, percentage])),
        }),
  }
}
