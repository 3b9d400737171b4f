import { setTimeout as delay } from 'node:timers/promises'
import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import { type Clock, virtualNow } from '../clock.ts'
import type { Reports } from './final-report.ts'
import type { LiveDisplay } from './live-display.ts'
import { followed, isOver, type Progress, type Sample } from './progress.ts'

const intervalMs = 250
/** The watch gives up when answers fail for this long, in real time. */
const patienceMs = 30_000

/** Shows the execution until it and the last of its calls have ended and are billed; rejects when the signal aborts. */
export async function watchExecution(
  client: Client,
  executionId: string,
  { display, clock, signal }: { display: LiveDisplay; clock: Clock; signal: AbortSignal },
): Promise<void> {
  let progress: Progress | null = null
  let answeredMs = performance.now()
  for (;;) {
    try {
      const sample = await sampleOf(client, executionId, clock)
      answeredMs = performance.now()
      progress = followed(progress, sample)
      display.show(progress)
      if (isOver(sample.report)) return
    } catch (error) {
      // A service may be slow for a moment.
      const isPassing = !(error instanceof ApiError) || error.statusCode === 429 || error.statusCode >= 500
      if (!isPassing || performance.now() - answeredMs > patienceMs) throw error
    }
    await delay(intervalMs, undefined, { signal })
  }
}

/** All reports of an execution except its calls. */
export async function readReports(client: Client, executionId: string, imported: Reports['import']): Promise<Reports> {
  const [report, breakdown, nodeStats, billing] = await Promise.all([
    client.reports.report(executionId),
    client.reports.breakdown(executionId),
    client.reports.nodeStats(executionId),
    client.reports.billing(executionId),
  ])
  return { import: imported, report, breakdown, nodeStats, billing }
}

async function sampleOf(client: Client, executionId: string, clock: Clock): Promise<Sample> {
  const [report, breakdown, account] = await Promise.all([
    client.reports.report(executionId),
    client.reports.breakdown(executionId),
    client.billing.account(),
  ])
  const realMs = Date.now()
  return { realMs, nowMs: virtualNow(clock, realMs), report, perAttempt: breakdown.perAttempt, balance: account.balance }
}
