import { ApiError } from './api-error.ts'

const firstDelayMs = 200

/** Statuses below 500 that say nothing about the request itself. */
const passingStatuses = [408, 425, 429]

/** What is known about a request before it is sent again. */
export interface Repeatable {
  /** A second request changes nothing: it reads, or it has an idempotency key. */
  isSafe: boolean
  /** How often it was sent again already. */
  retries: number
  maxRetries: number
  maxDelayMs: number
  /** From 0 to 1, so that many clients do not come back at the same time. */
  random: number
}

/**
 * The wait before a failed request is sent again, or null if it is not. A 429 was refused before anything happened, so any request may be repeated.
 * Everything else, also a lost answer, is repeated only if a second request changes nothing.
 */
export function delayBeforeRetry(error: unknown, { isSafe, retries, maxRetries, maxDelayMs, random }: Repeatable): number | null {
  if (retries >= maxRetries || !isPassing(error)) return null
  if (!isSafe && !(error instanceof ApiError && error.statusCode === 429)) return null
  const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
  if (askedMs > maxDelayMs) return null
  const backoffMs = Math.min(firstDelayMs * 2 ** retries, maxDelayMs)
  return Math.min(askedMs + backoffMs * (0.5 + random / 2), maxDelayMs)
}

/** Whether the next try may go better. An error that is none of the API's means that no complete answer came. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.statusCode >= 500 || passingStatuses.includes(error.statusCode)
}
