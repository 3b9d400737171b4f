import { setTimeout as delay } from 'node:timers/promises'
import { ApiError } from '@carillon/client/api-error'
import type { Client } from '@carillon/client/client'
import { type ExecutionResponse, isTerminal } from '@carillon/contracts/execution'
import type { ProgramReport } from '@carillon/contracts/report'

export interface Watched {
  /** The terminal answer. */
  execution: ExecutionResponse
  /** In the order in which they were seen, without repetitions. */
  effectiveStatuses: string[]
  /** The number of pairs of answers that were read. */
  looks: number
}

interface WatchOptions {
  timeoutMs?: number
  /** Gets each pair of answers. */
  onLook?: (execution: ExecutionResponse, report: ProgramReport) => void
}

const intervalMs = 50

/**
 * Reads an execution and its report again and again until it has ended, and throws at the first answer that breaks an invariant. It waits for a
 * service that is down.
 */
export async function watchToTheEnd(
  client: Client,
  executionId: string,
  { timeoutMs = 60_000, onLook }: WatchOptions = {},
): Promise<Watched> {
  const deadlineMs = performance.now() + timeoutMs
  const effectiveStatuses: string[] = []
  let last = 'nothing was answered'
  for (let looks = 0; performance.now() < deadlineMs; ) {
    const answers = await look(client, executionId)
    if (answers) {
      looks++
      const { execution, report } = answers
      assertContactsAddUp(execution)
      assertReportAddsUp(report)
      onLook?.(execution, report)
      if (report.effectiveStatus !== effectiveStatuses.at(-1)) effectiveStatuses.push(report.effectiveStatus)
      if (isTerminal(execution.status)) return { execution, effectiveStatuses, looks }
      last = `${execution.status}, ${JSON.stringify(report.contactMetrics)}, ${JSON.stringify(report.callMetrics)}`
    }
    await delay(intervalMs)
  }
  throw new Error(`the execution has not ended in ${timeoutMs} ms: ${last}`)
}

/** Null while the system or a part of it is down. */
async function look(client: Client, executionId: string): Promise<{ execution: ExecutionResponse; report: ProgramReport } | null> {
  try {
    const execution = await client.executions.get(executionId)
    return { execution, report: await client.reports.report(executionId) }
  } catch (error) {
    if (isPassing(error)) return null
    throw error
  }
}

/** The gateway is down, or a service behind it does not answer. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.statusCode >= 500
  return error instanceof TypeError && error.message === 'fetch failed'
}

/** The invariants of the contacts in every answer (contract rule 9). */
function assertContactsAddUp(execution: ExecutionResponse): void {
  const { contactsCompleted, contactsFailed, contactsPending, contactsInProgress, contactsSkipped } = execution
  const sum = contactsCompleted + contactsFailed + contactsPending + contactsInProgress + contactsSkipped
  if (sum !== execution.totalContacts) throw new Error(`the contacts of an execution do not add up: ${JSON.stringify(execution)}`)
  assertSkippedIsEarned(execution.status, contactsSkipped)
}

/** The invariants of a report: no more calls have ended than were started (contract rule 5). */
function assertReportAddsUp({ status, contactMetrics: contacts, callMetrics: calls }: ProgramReport): void {
  const { pending, queued, calling, pendingRetry, completed, failed, skipped } = contacts
  const sum = pending + queued + calling + pendingRetry + completed + failed + skipped
  if (sum !== contacts.totalContacts) throw new Error(`the contacts of a report do not add up: ${JSON.stringify(contacts)}`)
  assertSkippedIsEarned(status, skipped)
  const ended = calls.answered + calls.voicemail + calls.noAnswer + calls.busy + calls.rejected + calls.failed
  if (calls.connected !== calls.answered + calls.voicemail) throw new Error(`connected calls do not add up: ${JSON.stringify(calls)}`)
  // Contract rule 33: contacts and calls are of one position, so they match at every moment.
  if (completed !== calls.answered) throw new Error(`${completed} contacts completed by ${calls.answered} answered calls`)
  if (calling !== calls.totalCalls - ended) throw new Error(`${calling} contacts in ${calls.totalCalls - ended} ongoing calls`)
  if (ended > calls.totalCalls) throw new Error(`more calls have ended than begun: ${JSON.stringify(calls)}`)
}

/** No contact is skipped while an execution may still call: no number of these tests is suppressed. */
function assertSkippedIsEarned(status: string, skipped: number): void {
  if (skipped > 0 && status !== 'cancelled' && status !== 'stopped') throw new Error(`${skipped} contacts are skipped while ${status}`)
}
