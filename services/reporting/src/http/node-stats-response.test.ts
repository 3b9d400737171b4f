import { expect, test } from 'vitest'
import { flowNodes } from '../../test/support/events.ts'
import { noCalls } from '../domain/attempt-stats.ts'
import { nodeReportOf } from '../domain/node-stats.ts'
import { nodeStatsResponse } from './node-stats-response.ts'

const executionId = '018f0000-0000-7000-8000-0000000000e1'

const nodeStatsReport = (...figures: Parameters<typeof nodeReportOf>) => nodeStatsResponse(nodeReportOf(...figures))

test('node stats list the nodes of the flow in its order, with zeros for unreached nodes, then other nodes that ran', () => {
  const stats = [
    { executionId, nodeId: 'extra', nodeType: 'say', nodeLabel: null, uniqueCalls: 1, totalExecutions: 1 },
    { executionId, nodeId: 'menu', nodeType: 'dtmf', nodeLabel: 'Main Menu', uniqueCalls: 3, totalExecutions: 5 },
  ]
  const digits = new Map([
    [
      'menu',
      {
        total: 3,
        inputs: [
          { digits: '1', executions: 2 },
          { digits: '2', executions: 1 },
        ],
      },
    ],
  ])
  const report = nodeStatsReport(flowNodes, stats, digits, { ...noCalls(), started: 8, flowCompleted: 3 })
  expect(report.nodes.map((node) => [node.nodeId, node.uniqueCalls])).toEqual([
    ['dial', 0],
    ['welcome', 0],
    ['menu', 3],
    ['record', 0],
    ['bye', 0],
    ['extra', 1],
  ])
  expect(report.nodes[2]).toEqual({
    nodeId: 'menu',
    nodeType: 'dtmf',
    nodeLabel: 'Main Menu',
    uniqueCalls: 3,
    totalExecutions: 5,
    percentage: 37.5,
    dtmfBreakdown: { '1': 2, '2': 1 },
    dtmfPercentages: { '1': 66.67, '2': 33.33 },
  })
  expect(report.nodes[3]).toEqual({ nodeId: 'record', nodeType: 'record', uniqueCalls: 0, totalExecutions: 0, percentage: 0 })
  expect(report).toMatchObject({ totalCalls: 8, completedCalls: 3, completionRate: 37.5 })
})

test('a menu that no call has reached has an empty breakdown', () => {
  const menu = nodeStatsReport(flowNodes, [], new Map(), noCalls()).nodes[2]
  expect(menu).toMatchObject({ dtmfBreakdown: {}, dtmfPercentages: {} })
})
