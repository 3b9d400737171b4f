import { eventually } from '@carillon/testing/eventually'
import { connect } from 'nats'
import { tenEvents } from '../src/flow-graphs.ts'
import { createProgram, importContacts, launch, openOrganization } from '../src/organization.ts'
import { generatedContacts } from './generated-contacts.ts'
import type { Installation } from './installation.ts'
import { measure, type Usage } from './process-usage.ts'

export interface CallsFigures {
  calls: number
  /** From the launch's answer until … */
  seconds: { lastCallEnded: number; reported: number; billed: number }
  eventsPerCall: number
  usage: Usage[]
}

const callsTimeoutMs = 30 * 60_000
const lookEveryMs = 250

/**
 * Calls every contact of an audience once, through all services. It ends when the report shows every call ended and billing shows every call
 * charged.
 */
export async function benchCalls(
  installation: Installation,
  { contacts, concurrency }: { contacts: number; concurrency: number },
  progress: (text: string) => void,
): Promise<CallsFigures> {
  const organization = await openOrganization(installation, 'Calls')
  const { audienceId = '' } = await importContacts(organization, 'Everybody', generatedContacts(contacts))
  const program = await createProgram(organization, audienceId, {
    name: 'Calls',
    graph: tenEvents,
    startAt: new Date().toISOString(),
    didNumbers: ['+212520000001', '+212520000002'],
    retryStrategy: { type: 'none' },
    pacing: { maxConcurrentCalls: concurrency },
  })
  const measuring = measure(installation.processes)
  const executionId = await launch(organization, program)
  const launchedAtMs = Date.now()
  const launchedMs = performance.now()
  const secondsFromLaunch = () => (performance.now() - launchedMs) / 1_000

  let reported: number | undefined
  const billed = await eventually(
    async () => {
      const report = await organization.client.reports.report(executionId)
      const { callMetrics: calls, billingMetrics } = report
      const isReported = calls.completed === contacts && report.contactMetrics.completed === contacts
      if (isReported) reported ??= secondsFromLaunch()
      progress(`${calls.completed} calls ended, ${billingMetrics.billableCallsCount} billed, ${secondsFromLaunch().toFixed(0)} s`)
      if (!isReported || billingMetrics.billableCallsCount !== contacts) throw new Error(`it is not over: ${JSON.stringify(report)}`)
      return secondsFromLaunch()
    },
    { timeoutMs: callsTimeoutMs, intervalMs: lookEveryMs },
  )
  const usage = measuring.stop()
  const { actualEndAt = '' } = await organization.client.executions.get(executionId)
  return {
    calls: contacts,
    seconds: { lastCallEnded: (Date.parse(actualEndAt) - launchedAtMs) / 1_000, reported: reported ?? billed, billed },
    eventsPerCall: (await storedMessages(installation.natsUrl)) / contacts,
    usage,
  }
}

async function storedMessages(natsUrl: string): Promise<number> {
  const connection = await connect({ servers: natsUrl })
  try {
    const manager = await connection.jetstreamManager()
    return (await manager.streams.info('CALLS')).state.messages
  } finally {
    await connection.close()
  }
}
