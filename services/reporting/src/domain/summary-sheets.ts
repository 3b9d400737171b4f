import type { AttemptBreakdown, EventBreakdown, NodeExecutionStats, ProgramReport } from '@carillon/contracts/report'
import type { Cell, Sheet } from './spreadsheet.ts'

/** The reports of one cut. */
export interface Summary {
  readonly report: ProgramReport
  readonly breakdown: EventBreakdown
  readonly nodeStats: NodeExecutionStats
}

/** The three sheets of the summary export, in the contract's order. */
export function summarySheets({ report, breakdown, nodeStats }: Summary): Sheet[] {
  return [summarySheet(report), breakdownSheet(breakdown), nodeSheet(nodeStats)]
}

function summarySheet(report: ProgramReport): Sheet {
  const { metadata, contactMetrics: contacts, callMetrics: calls, billingMetrics: billing } = report
  const rows: [string, Cell][] = [
    ['Execution ID', report.executionId],
    ['Program ID', report.programId],
    ['Status', report.status],
    ['Effective Status', report.effectiveStatus],
    ['Scheduled Start At', report.scheduledStartAt],
    ['Scheduled Stop At', report.scheduledStopAt ?? null],
    ['Actual Start At', report.actualStartAt ?? null],
    ['Actual End At', report.actualEndAt ?? null],
    ['Duration (ms)', report.durationMs ?? null],
    ['Flow ID', metadata.flowId],
    ['Flow Name', metadata.flowName],
    ['Audience ID', metadata.audienceId],
    ['DID Pool', metadata.didPool.join(', ')],
    ['Total Contacts', contacts.totalContacts],
    ['Contacts Pending', contacts.pending],
    ['Contacts Queued', contacts.queued],
    ['Contacts Calling', contacts.calling],
    ['Contacts Pending Retry', contacts.pendingRetry],
    ['Contacts Completed', contacts.completed],
    ['Contacts Failed', contacts.failed],
    ['Contacts Skipped', contacts.skipped],
    ['Reach Rate (%)', contacts.reachRate],
    ['Total Calls', calls.totalCalls],
    ['Connected', calls.connected],
    ['Answered', calls.answered],
    ['Voicemail', calls.voicemail],
    ['No Answer', calls.noAnswer],
    ['Busy', calls.busy],
    ['Rejected', calls.rejected],
    ['Failed', calls.failed],
    ['Completed', calls.completed],
    ['Connection Rate (%)', calls.connectionRate],
    ['Answer Rate (%)', calls.answerRate],
    ['Total Credits Used', billing.totalCreditsUsed],
    ['Billable Calls', billing.billableCallsCount],
    ['Average Cost per Call', billing.averageCostPerCall],
  ]
  return { name: 'Summary', header: ['Metric', 'Value'], rows }
}

const breakdownColumns: readonly [string, keyof AttemptBreakdown][] = [
  ['Calls Attempted', 'callsAttempted'],
  ['Calls Connected', 'callsConnected'],
  ['Calls Answered', 'callsAnswered'],
  ['Calls Voicemail', 'callsVoicemail'],
  ['Calls No Answer', 'callsNoAnswer'],
  ['Calls Failed', 'callsFailed'],
  ['Calls Completed', 'callsCompleted'],
  ['Connected (%)', 'connectedPercentage'],
  ['Answered (%)', 'answeredPercentage'],
  ['Voicemail (%)', 'voicemailPercentage'],
  ['No Answer (%)', 'noAnswerPercentage'],
  ['Completed (%)', 'completedPercentage'],
  ['Average Duration (ms)', 'averageDurationMs'],
]

function breakdownSheet({ perAttempt, total }: EventBreakdown): Sheet {
  const figuresOf = (attempt: AttemptBreakdown) => breakdownColumns.map(([, name]) => attempt[name])
  return {
    name: 'Breakdown',
    header: ['Attempt', ...breakdownColumns.map(([title]) => title)],
    rows: [...perAttempt.map((attempt) => [attempt.attemptNumber, ...figuresOf(attempt)]), ['Total', ...figuresOf(total)]],
  }
}

/** A cell of an XLSX file holds 32,767 characters at most. */
const longestCell = 32_767

function nodeSheet({ nodes, totalCalls, completedCalls, completionRate }: NodeExecutionStats): Sheet {
  const rows = nodes.map((node) => [
    node.nodeId,
    node.nodeType,
    node.nodeLabel ?? null,
    node.uniqueCalls,
    node.totalExecutions,
    node.percentage,
    node.dtmfBreakdown === undefined ? null : listed(node.dtmfBreakdown),
    node.dtmfPercentages === undefined ? null : listed(node.dtmfPercentages),
  ])
  return {
    name: 'Node Stats',
    header: [
      'Node ID',
      'Node Type',
      'Node Label',
      'Unique Calls',
      'Total Executions',
      'Percentage (%)',
      'DTMF Breakdown',
      'DTMF Percentages (%)',
    ],
    rows: [
      ...rows,
      [null, null, 'Total Calls', totalCalls, null, null, null, null],
      [null, null, 'Completed Calls', completedCalls, null, completionRate, null, null],
    ],
  }
}

/** `1: 50; 2: 30`. Inputs that no longer fit into a cell are left out whole. */
function listed(counts: Readonly<Record<string, number>>): string {
  let text = ''
  for (const [digits, count] of Object.entries(counts)) {
    const next = `${text === '' ? '' : '; '}${digits}: ${count}`
    if (text.length + next.length > longestCell) break
    text += next
  }
  return text
}
