import type { ImportResult } from '@carillon/contracts/contact-import'
import type { AttemptBreakdown, EventBreakdown, NodeExecutionStats, ProgramBillingReport, ProgramReport } from '@carillon/contracts/report'
import { count, credits, duration, percent } from './figures.ts'
import { besideEachOther, type Column, table } from './table.ts'

export interface Reports {
  import: ImportResult
  report: ProgramReport
  breakdown: EventBreakdown
  nodeStats: NodeExecutionStats
  billing: ProgramBillingReport
}

const number = (header: string): Column => ({ header, align: 'right' })

/** The final report of an execution as tables, in lines. `speed` is that of platform time. */
export function finalReport(reports: Reports, width: number, speed: number): string[] {
  return [
    ...besideEachOther([contactTable(reports), callTable(reports.report), importTable(reports.import)], width),
    '',
    ...breakdownTable(reports.breakdown, width),
    '',
    ...nodeTable(reports.nodeStats),
    '',
    ...billingTable(reports),
    ...(speed === 1 ? [] : [`Durations are in platform time, which passed ${speed} times as fast as real time.`]),
  ]
}

function contactTable({ report: { contactMetrics: contacts, status } }: Reports): string[] {
  const { totalContacts, completed, failed, skipped, pending, queued, calling, pendingRetry, reachRate } = contacts
  const open = pending + queued + calling + pendingRetry
  return pairs('CONTACTS', [
    ['Execution', status],
    ['Contacts', count(totalContacts)],
    ['Completed', count(completed)],
    ['Failed', count(failed)],
    ['Skipped', count(skipped)],
    ...(open > 0 ? [['Not finished', count(open)]] : []),
    ['Reach rate', percent(reachRate)],
  ])
}

function callTable({ callMetrics: calls, durationMs }: ProgramReport): string[] {
  return pairs('CALLS', [
    ['Calls', count(calls.totalCalls)],
    ['Answered', count(calls.answered)],
    ['Voicemail', count(calls.voicemail)],
    ['No answer', count(calls.noAnswer)],
    ['Busy', count(calls.busy)],
    ['Rejected', count(calls.rejected)],
    ['Failed', count(calls.failed)],
    ['Flow completed', count(calls.completed)],
    ['Connection rate', percent(calls.connectionRate)],
    ['Answer rate', percent(calls.answerRate)],
    ['Duration', durationMs === undefined ? '–' : duration(durationMs)],
  ])
}

function importTable(result: ImportResult): string[] {
  return pairs('IMPORT', [
    ['Rows', count(result.rows)],
    ['Created', count(result.created)],
    ['Updated', count(result.updated)],
    ['Duplicates', count(result.duplicates)],
    ['Rejected', count(result.rejected)],
    ['With a warning', count(result.warned)],
  ])
}

function pairs(title: string, rows: string[][]): string[] {
  return table({ columns: [{ header: title }, number('')], rows })
}

/** The breakdown counts these three together (contract rule 7); the table of the calls shows each. It is the longest label. */
const notConnected = 'Busy/rejected/failed'
/** Two columns and the blanks before them. */
const attemptWidth = 18

/** Two columns for each attempt, in as many tables as the width requires. */
function breakdownTable({ perAttempt, total }: EventBreakdown, width: number): string[] {
  const attempts = [...perAttempt.map((attempt) => ({ name: String(attempt.attemptNumber), attempt })), { name: 'Total', attempt: total }]
  const perTable = Math.max(1, Math.floor((width - notConnected.length) / attemptWidth))
  const tables: string[][] = []
  for (let from = 0; from < attempts.length; from += perTable) {
    tables.push(attemptsTable(attempts.slice(from, from + perTable)))
  }
  return tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function attemptsTable(attempts: { name: string; attempt: AttemptBreakdown }[]): string[] {
  const columns: Column[] = [{ header: 'ATTEMPTS' }, ...attempts.flatMap(({ name }) => [number(name), number('')])]
  const row = (label: string, of: (attempt: AttemptBreakdown) => [string, string]) => [
    label,
    ...attempts.flatMap(({ attempt }) => of(attempt)),
  ]
  const rows = [
    row('Calls', (attempt) => [count(attempt.callsAttempted), '']),
    row('Connected', (attempt) => [count(attempt.callsConnected), percent(attempt.connectedPercentage)]),
    row('Answered', (attempt) => [count(attempt.callsAnswered), percent(attempt.answeredPercentage)]),
    row('Voicemail', (attempt) => [count(attempt.callsVoicemail), percent(attempt.voicemailPercentage)]),
    row('No answer', (attempt) => [count(attempt.callsNoAnswer), percent(attempt.noAnswerPercentage)]),
    row(notConnected, (attempt) => [count(attempt.callsFailed), '']),
    row('Flow completed', (attempt) => [count(attempt.callsCompleted), percent(attempt.completedPercentage)]),
    row('Mean duration', (attempt) => ['', seconds(attempt.averageDurationMs)]),
  ]
  return table({ columns, rows })
}

function nodeTable({ nodes, completedCalls, totalCalls, completionRate }: NodeExecutionStats): string[] {
  const columns: Column[] = [{ header: 'NODES' }, { header: 'Type' }, number('Calls'), number('Share'), number('Executions')]
  const rows = nodes.flatMap((node) => [
    [node.nodeLabel ?? node.nodeId, node.nodeType, count(node.uniqueCalls), percent(node.percentage), count(node.totalExecutions)],
    ...Object.entries(node.dtmfBreakdown ?? {}).map(([digits, times]) => [
      `  pressed ${digits}`,
      '',
      '',
      percent(node.dtmfPercentages?.[digits] ?? 0),
      count(times),
    ]),
  ])
  return [
    ...table({ columns, rows }),
    `The flow ran to its end in ${count(completedCalls)} of ${count(totalCalls)} calls (${percent(completionRate)}).`,
  ]
}

function billingTable({ billing }: Reports): string[] {
  const columns: Column[] = [{ header: 'BILLING' }, number('Executions'), number('Time'), number('Credits')]
  const rows = billing.byNodeType.map((type) => [
    type.nodeType,
    count(type.executionCount),
    type.totalDurationMs === null ? '–' : duration(type.totalDurationMs),
    credits(type.totalCost),
  ])
  const { totalCreditsUsed, billableCallsCount, averageCostPerCall } = billing.summary
  return [
    ...table({ columns, rows, total: ['Total', '', '', credits(totalCreditsUsed)] }),
    `${count(billableCallsCount)} calls were billed, at ${credits(averageCostPerCall)} credits on average.`,
  ]
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
